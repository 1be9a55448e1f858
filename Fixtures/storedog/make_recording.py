#!/usr/bin/env python3
"""Writes requests_0.gor: one learner's session on the broken Storedog shop, 101 requests, in GoReplay's file format.

    make_recording.py            write requests_0.gor beside this file
    make_recording.py --check    count what the file holds and compare it with the session's known mix

The order, the times and the mix of requests are those of the workshop's recorded session; ids, session cookies and
sub-millisecond times are made here. The output is the same on every run.
"""

import collections
import hashlib
import pathlib
import re
import sys

OUTPUT = pathlib.Path(__file__).with_name("requests_0.gor")
SEPARATOR = "\n🐵🙈🙉\n".encode()

# Nanoseconds since 1970: 2019-09-10 18:22:26.437 and 18:31:05.001 UTC.
FIRST = 1_568_139_746_437_296_000
LAST = 1_568_140_265_001_506_000

ORIGIN = "http://localhost:3000"
ORDER_TOKEN = "aeihRQ1NnX7TbfvhhtQNNg1567611578919"
SIGNED_TOKEN = "ImFlaWhSUTFOblg3VGJmdmhodFFOTmcxNTY3NjExNTc4OTE5Ig%3D%3D--7ffb6f32af134e6e0f1337c397e3f453060c333a"
FONT_TAG = '"a26394f7ede100ca118eff2eda08596275a9839b959c226e15439557a5a80742"'
AGENT = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/76.0.3809.132 Safari/537.36"
)

# What a page loads after itself.
RESOURCES = {
    "C": "/cart_link",
    "A": "/api_tokens",
    "F": "/favicon.ico",
    "f": "/assets/favicon-92e86d463e909754599d66730477622cd3dd0b9bff58c47c9c38bebceb8073e5.ico",
    "W": "/assets/glyphicons-halflings-regular.woff",
}

# Seconds since the start, then what is asked for: a path is a page, a letter one of RESOURCES, ADD the variant put into the cart.
SESSION = """
0.0 / · 7.6 C · 7.6 A · 7.6 f · 10.7 /products/datadog-tote · 14.8 C · 14.8 A
17.4 /products/datadog-ringer-t-shirt · 22.0 C · 22.0 A
24.9 /products?utf8=%E2%9C%93&taxon=&keywords=t+shirt · 28.7 F
30.2 /products/datadog-ringer-t-shirt · 34.2 C · 34.3 A · 35.7 / · 44.3 C · 44.4 A · 46.8 /cart · 49.2 F
50.8 / · 58.5 C · 58.5 A · 61.3 /?page=2 · 68.5 C · 68.5 A · 69.4 W
71.3 /products/datadog-stein · 75.8 C · 75.8 A · 79.7 /t/categories · 83.5 F
84.6 /products/datadog-stein · 89.1 C · 89.1 A · 95.8 /t/mugs · 98.7 F
99.6 /products/datadog-stein · 104.0 C · 104.0 A · 105.7 /products/datadog-stein · 110.4 C · 110.4 A · 110.4 f
112.8 / · 120.2 C · 120.2 A · 124.7 /products/datadog-tote · 129.1 C · 129.1 A
132.7 /products?utf8=%E2%9C%93&taxon=3&keywords=tote · 134.8 F
135.9 /products/datadog-tote · 140.2 C · 140.2 A · 142.6 / · 150.1 C · 150.1 A
154.3 /products/spree-tote · 158.9 C · 159.0 A · 160.7 / · 169.1 C · 169.1 A · 171.2 /?page=2 · 178.9 C · 178.9 A
180.4 /products/monitoring-stein · 185.0 C · 185.1 A · 188.3 / · 195.7 C · 195.7 A
217.5 /products/spree-bag · 221.7 C · 221.8 A · 226.6 ADD(11) · 227.7 /cart?variant_id=11 · 229.5 F
232.6 /products/spree-bag · 237.3 C · 237.3 A · 241.0 /t/categories · 245.4 F
246.4 /products/spree-bag · 250.9 C · 250.9 A · 252.4 / · 258.5 / · 266.7 C · 266.7 A · 268.3 W
270.6 /products/datadog-tote · 274.7 C · 274.7 A · 281.5 ADD(1) · 282.6 /cart?variant_id=1 · 284.6 F
514.4 /products/datadog-tote · 518.6 C · 518.6 A
"""


def session():
    """Seconds and subject of each request, in order."""
    entries = (entry.split() for line in SESSION.strip().splitlines() for entry in line.split(" · "))
    return [(float(seconds), subject) for seconds, subject in entries]


def digest(text, digits):
    return hashlib.sha512(text.encode()).hexdigest()[:digits]


def cookies(index):
    # Rails encrypts the session anew for each response, so its cookie differs from request to request.
    return "; ".join([
        "csrftoken=" + digest("csrf", 64),
        "checkout=" + digest("checkout", 32),
        "__profilin=p%3Dt",
        "token=" + SIGNED_TOKEN,
        "guest_token=" + SIGNED_TOKEN,
        f"_sandbox_session={digest(f'session {index}', 96)}--{digest(f'tag {index}', 24)}",
    ])


def page_headers(reloaded, referer):
    return [
        ("Cache-Control", "max-age=0" if reloaded else None),
        ("Upgrade-Insecure-Requests", "1"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-User", "?1"),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,image/apng,*/*;q=0.8"),
        ("Sec-Fetch-Site", "same-origin" if referer else "none"),
    ]


def resource_headers(letter):
    if letter in "CA":
        return [
            ("Accept", "text/html, */*; q=0.01" if letter == "C" else "*/*"),
            ("X-Requested-With", "XMLHttpRequest" if letter == "C" else None),
            ("Sec-Fetch-Mode", "cors"),
            ("Sec-Fetch-Site", "same-origin"),
        ]
    if letter == "W":
        return [
            ("Origin", ORIGIN),
            ("If-None-Match", FONT_TAG),
            ("Sec-Fetch-Mode", "cors"),
            ("Accept", "*/*"),
            ("Sec-Fetch-Site", "same-origin"),
        ]
    uncached = "no-cache" if letter == "f" else None
    return [
        ("Pragma", uncached),
        ("Cache-Control", uncached),
        ("Sec-Fetch-Mode", "no-cors"),
        ("Accept", "image/webp,image/apng,image/*,*/*;q=0.8"),
        ("Sec-Fetch-Site", "same-origin"),
    ]


def add_headers(body):
    return [
        ("Content-Length", str(len(body))),
        ("Accept", "application/json"),
        ("Origin", ORIGIN),
        ("X-Spree-Order-Token", ORDER_TOKEN),
        ("Sec-Fetch-Mode", "cors"),
        ("Content-Type", "application/json"),
        ("Sec-Fetch-Site", "same-origin"),
    ]


def message(method, path, headers, referer, index, body=""):
    common = [("Host", "localhost:3000"), ("Connection", "keep-alive"), ("User-Agent", AGENT)]
    tail = [
        ("Referer", referer),
        ("Accept-Encoding", "gzip, deflate, br"),
        ("Accept-Language", "en-US,en;q=0.9"),
        ("Cookie", cookies(index)),
    ]
    lines = [f"{name}: {value}" for name, value in common + headers + tail if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", body]).encode()


def messages():
    """The raw HTTP messages; each page is the referer of what follows it."""
    page = None
    for index, (_, subject) in enumerate(session()):
        added = re.fullmatch(r"ADD\((\d+)\)", subject)
        if added:
            body = '{"variant_id":"%s","quantity":1,"options":{}}' % added[1]
            yield message("POST", "/api/v2/storefront/cart/add_item", add_headers(body), page, index, body)
        elif subject in RESOURCES:
            yield message("GET", RESOURCES[subject], resource_headers(subject), page, index)
        else:
            address = ORIGIN + subject
            reloaded = page is None or page == address == ORIGIN + "/"
            yield message("GET", subject, page_headers(reloaded, page), page, index)
            page = address


def times():
    """Start times in nanoseconds, strictly increasing: tenths of a second from the session, the rest from the position."""
    entries = session()
    result = [FIRST + round(seconds * 10) * 100_000_000 + index * 137_000 for index, (seconds, _) in enumerate(entries)]
    # The last request's tenth, rounded up, would be later than the session's end.
    result[-2:] = [LAST - 3_171_000, LAST]
    return result


def recording():
    for index, (time, raw) in enumerate(zip(times(), messages(), strict=True)):
        yield f"1 {digest(f'request {index}', 40)} {time}\n".encode() + raw + SEPARATOR


EXPECTED = {
    "GET /cart_link": 26,
    "GET /api_tokens": 26,
    "GET /": 9,
    "GET /?page=2": 2,
    "GET /favicon.ico": 8,
    "GET " + RESOURCES["f"]: 2,
    "GET " + RESOURCES["W"]: 2,
    "GET /products/datadog-tote": 5,
    "GET /products/datadog-stein": 4,
    "GET /products/spree-bag": 3,
    "GET /products/datadog-ringer-t-shirt": 2,
    "GET /products/spree-tote": 1,
    "GET /products/monitoring-stein": 1,
    "GET /products?utf8=%E2%9C%93&taxon=&keywords=t+shirt": 1,
    "GET /products?utf8=%E2%9C%93&taxon=3&keywords=tote": 1,
    "GET /t/categories": 2,
    "GET /t/mugs": 1,
    "GET /cart": 1,
    "GET /cart?variant_id=11": 1,
    "GET /cart?variant_id=1": 1,
    "POST /api/v2/storefront/cart/add_item": 2,
}

EXPECTED_HEADERS = {
    "host": 101, "connection": 101, "user-agent": 101, "accept-encoding": 101, "accept-language": 101, "cookie": 101,
    "referer": 100, "x-requested-with": 26, "upgrade-insecure-requests": 35, "cache-control": 4, "pragma": 2, "origin": 4,
    "x-spree-order-token": 2, "if-none-match": 2, "content-length": 2,
}


def check(data):
    """Parses the file on its own terms and compares the counts; an AssertionError names the first difference."""
    records = data.split(SEPARATOR)
    assert records.pop() == b"", "the file does not end with a separator"
    lines, names, ids, starts = collections.Counter(), collections.Counter(), set(), []
    for record in records:
        meta, raw = record.split(b"\n", 1)
        kind, identifier, start = meta.decode().split(" ")
        assert kind == "1" and re.fullmatch("[0-9a-f]{40}", identifier), meta
        ids.add(identifier)
        starts.append(int(start))
        head, body = raw.split(b"\r\n\r\n", 1)
        request_line, *headers = head.decode().split("\r\n")
        lines[request_line.removesuffix(" HTTP/1.1")] += 1
        fields = {name.lower(): value for name, value in (header.split(": ", 1) for header in headers)}
        names.update(fields.keys())
        assert len(body) == int(fields.get("content-length", 0)), request_line
    assert len(records) == len(ids) == 101, len(records)
    assert starts == sorted(set(starts)) and (starts[0], starts[-1]) == (FIRST, LAST), "times"
    assert starts[98] - starts[97] > 229_000_000_000, "the largest gap is not where it was"
    assert lines == collections.Counter(EXPECTED), lines - collections.Counter(EXPECTED)
    for name, count in EXPECTED_HEADERS.items():
        assert names[name] == count, (name, names[name], count)
    print(f"{OUTPUT.name}: {len(records)} requests, {len(data)} bytes, {(starts[-1] - starts[0]) / 1e9:.3f} s")


if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        check(OUTPUT.read_bytes())
        if OUTPUT.read_bytes() != b"".join(recording()):
            sys.exit("the file is not what this script writes")
    else:
        OUTPUT.write_bytes(b"".join(recording()))
