// libjpeg-turbo's own interface: whole pictures in memory.
#pragma once
#include <turbojpeg.h>
