#!/bin/sh
# Draws 1.jpg to 3.jpg from 1.svg to 3.svg and 1.png to 11.png from v1.svg to v11.svg. Needs librsvg2-bin and imagemagick (Debian).
cd "$(dirname "$0")" && for n in 1 2 3; do rsvg-convert $n.svg | convert png:- -strip -interlace none -quality 78 $n.jpg; done && for n in 1 2 3 4 5 6 7 8 9 10 11; do rsvg-convert v$n.svg | convert png:- -strip -colors 48 -define png:compression-level=9 PNG8:$n.png; done
