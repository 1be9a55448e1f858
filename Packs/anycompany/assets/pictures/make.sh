#!/bin/sh
# Draws the pictures in the sizes that the shop's pages ask for. Needs librsvg2-bin and imagemagick (Debian).
cd "$(dirname "$0")" || exit 1
sizes() { # folder/file sizes...; the drawing comes in
  at=$1; shift
  mkdir -p "$at"
  rsvg-convert >/tmp/picture.png
  for size in "$@"; do convert /tmp/picture.png -strip -resize "$size^" -gravity center -extent "$size" -quality 62 "$at/$size.jpg"; done
}
watch() { # file ground strap case dial mark stripes
  sed -e "s|GROUND|$2|; s|STRAP|$3|; s|CASE|$4|g; s|DIAL|$5|; s|MARK|$6|g; s|STRIPES|$7|" watch.svg |
    sizes "products/$1" 400x400 400x225 600x350 300x400 200x200
}
visual() { # number ground first second
  {
    echo "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1110 500' width='1110' height='500'><rect width='1110' height='500' fill='$2'/>"
    for x in 120 330 540 750 960; do
      echo "<circle cx='$x' cy='$((150 + (x * $1) % 210))' r='$((60 + (x * $1) % 50))' fill='$3'/><circle cx='$x' cy='$((150 + (x * $1) % 210))' r='44' fill='$4'/>"
      echo "<path d='M$x $((150 + (x * $1) % 210))v-32M$x $((150 + (x * $1) % 210))l22 14' stroke='$2' stroke-width='6' stroke-linecap='round'/>"
    done
    echo "</svg>"
  } | sizes "visuals/marketing$1" 1110x500 400x400
}
band='<path d="M262 -10h24l3 160h-28zM314 -10h24l1 160h-28zM261 450h28l-3 160h-24zM311 450h28l-1 160h-24z" fill="#b3263a"/>'
watch armani-classic '#d9d4cc' '#2b2118' '#c9ccd1' '#f7f5ef' '#1c1c1c' ''
watch dw-redblue '#e6edf3' '#1d2f5c' '#d8a37f' '#ffffff' '#333333' "$band"
watch iwc-leather '#cfc5b4' '#6b3f22' '#b9bec5' '#16233a' '#f3f3f3' ''
watch mauriac-silver '#c8d1d6' '#9aa3ab' '#dfe3e7' '#eef1f3' '#2a3138' ''
watch nixon-gold '#f0e6cf' '#c9a227' '#d4af37' '#e9cf7a' '#4a3a05' ''
watch rolex-deepsea '#1f3b4d' '#8d979f' '#aeb6bd' '#0b1622' '#7fd8be' ''
watch seiko-solar '#e9e4da' '#7a828a' '#b5bbc1' '#173b2f' '#e8f3ec' ''
watch timex-leather '#dcd3c6' '#8a5a34' '#c3c7cb' '#fbf6e9' '#25211c' ''
watch tissot-women '#f1dfe2' '#b98a92' '#d9b7a6' '#fff7f5' '#6a3b47' ''
visual 1 '#1c4e70' '#dbe7f0' '#f2b134'; visual 2 '#5a3e6b' '#eadff2' '#f28c8c'; visual 3 '#1f6b52' '#ddf0e6' '#f2d16b'
visual 4 '#6b4a1f' '#f3e6d0' '#7fb2c9'; visual 5 '#8c2f39' '#f6dfe1' '#f2c57c'; visual 6 '#27364a' '#d9e0ea' '#8fd0c0'
visual 7 '#3d5a27' '#e4efd8' '#e8a33d'; visual 8 '#5b2a4e' '#f0dbe9' '#9ad1e3'; visual 9 '#12545b' '#d6eef0' '#f5a97f'
convert -size 4608x3456 xc:'#8a8f96' -strip -interlace plane -quality 30 error.jpg
