// jemalloc, which takes the place of the C library's malloc in a program that is linked with it: in the whole program, as the dynamic
// linker finds it first. A request makes hundreds of small objects; glibc keeps only seven of a size at hand.
#pragma once
#include <jemalloc/jemalloc.h>
