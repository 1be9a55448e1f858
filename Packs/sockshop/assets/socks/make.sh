#!/bin/sh
# Draws the pictures of the socks from sock.svg, two views of each. Needs librsvg2-bin and imagemagick (Debian).
cd "$(dirname "$0")" || exit 1
draw() { # file place ground main back trim pattern
  sed -e "s|PLACE|$2|; s|GROUND|$3|; s|MAIN|$4|; s|BACK|$5|; s|TRIM|$6|; s|PATTERN|$7|" sock.svg | rsvg-convert | convert png:- -strip -interlace none -quality 70 "$1"
}
both() { # first second ground main back trim pattern
  draw "$1" "translate(0 10)" "$3" "$4" "$5" "$6" "$7"
  [ "$1" = "$2" ] || draw "$2" "translate(360 26) scale(-1 1)" "$6" "$4" "$5" "$3" "$7"
}
stripes='<path d="M0 12h48M0 36h48" stroke="#f6c945" stroke-width="8"/><path d="M0 24h48" stroke="#e4572e" stroke-width="6"/>'
dots='<circle cx="12" cy="12" r="6" fill="#fff"/><circle cx="36" cy="36" r="6" fill="#fff"/>'
holes='<circle cx="14" cy="14" r="9" fill="#efe6d2"/><circle cx="38" cy="36" r="6" fill="#efe6d2"/>'
dashes='<path d="M6 40l36-32" stroke="#fff" stroke-width="5"/>'
weave='<path d="M0 0l48 48M48 0L0 48" stroke="#e9b44c" stroke-width="4"/>'
cross='<path d="M24 8v32M8 24h32" stroke="#fff" stroke-width="7"/>'
leaves='<path d="M24 4q18 16 0 40-18-24 0-40z" fill="#9fd356"/>'
cats='<path d="M10 36V14l8 8h12l8-8v22q-14 10-28 0z" fill="#fbe9d0"/><circle cx="19" cy="28" r="2"/><circle cx="29" cy="28" r="2"/>'
skin='<path d="M0 44h48" stroke="#d9a27c" stroke-width="3"/>'
play='<path d="M16 12l20 12-20 12z" fill="#fff"/>'
plain='<path d="M0 0v48M24 0v48" stroke="#000" stroke-opacity=".08" stroke-width="6"/>'
both holy_1.jpeg holy_2.jpeg '#efe6d2' '#5b3a8c' '#452a6b' '#d4af37' "$holes"
both colourful_socks.jpg colourful_socks.jpg '#e8f1f2' '#1b6ca8' '#7a4b2a' '#7a4b2a' "$stripes"
both puma_1.jpeg puma_2.jpeg '#e9ecef' '#22252b' '#3c4048' '#c8102e' "$dashes"
both weave1.jpg weave2.jpg '#f3ead7' '#1f2430' '#343c4f' '#2ba6a1' "$weave"
both cross_1.jpeg cross_2.jpeg '#eef2fb' '#27408b' '#1c2f68' '#c0392b' "$cross"
both WAT.jpg WAT2.jpg '#edf5e6' '#2f6b3a' '#234f2b' '#1f4e79' "$leaves"
both catsocks.jpg catsocks2.jpg '#f5efe3' '#6b4a2f' '#543a25' '#3d7a4a' "$cats"
both bit_of_leg_1.jpeg bit_of_leg_2.jpeg '#e3edf7' '#f0c3a0' '#dcae8b' '#2d6cdf' "$skin"
both youtube_1.jpeg youtube_2.jpeg '#f7eaea' '#c4302b' '#9c2420' '#2b2b2b' "$play"
both classic.jpg classic2.jpg '#efe9df' '#4a5d3a' '#394a2c' '#7b5b3a' "$plain"
