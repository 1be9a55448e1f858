import Base
import HTTP

@testable import Synthetics

/// A few pages for a real browser to look at.
enum TestSite {
    static let home = """
        <!DOCTYPE html><meta charset="utf-8"><title>Home</title><h1>Bags &amp; mugs</h1>
        <p id="note"></p><p id="hidden" style="display:none">secret</p><p id="empty"></p>
        <form action="/second"><input id="name" name="name" value="old"><input type="submit" id="send" value="Send"></form>
        <select id="colour"><option value="r">Red</option><option value="g">Green</option></select>
        <button id="late" disabled>Later</button><button id="never" disabled>Never</button><button id="ask">Ask</button>
        <div id="double">double</div><div id="menu">menu</div><div id="over">over</div>
        <div id="from" draggable="true" style="width:40px;height:40px">from</div><div id="to" style="width:60px;height:60px">to</div>
        <a id="next" href="/second?q=1" data-code="BFRIDAY">Next</a>
        <div style="height:3000px"></div><p id="bottom">bottom</p>
        <script>
          const note = text => document.getElementById('note').textContent += text + ' ', on = (id, type, body) => document.getElementById(id).addEventListener(type, body);
          setTimeout(() => { document.getElementById('late').disabled = false; }, 400);
          on('late', 'click', () => note('late')); on('double', 'dblclick', () => note('double')); on('over', 'mouseenter', () => note('over'));
          on('menu', 'contextmenu', event => { event.preventDefault(); note('menu'); });
          on('name', 'keydown', event => { if (event.key === 'B' && event.shiftKey) note('shift'); });
          on('from', 'dragstart', event => event.dataTransfer.setData('text', 'x')); on('to', 'dragover', event => event.preventDefault());
          on('to', 'drop', event => { event.preventDefault(); note('drop'); });
          on('ask', 'click', () => { alert('Sold out'); note('asked'); });
          addEventListener('scroll', () => { if (scrollY > 0) document.body.dataset.scrolled = Math.round(scrollY); });
        </script>
        """

    static func answer(_ request: Request, on loop: EventLoop) async -> Response {
        switch request.target.prefix(while: { $0 != "?" }) {
        case "/": return page(home)
        case "/second": return page("<title>Second</title><h1>Second page</h1><img src=/missing.png><script>oops()</script>")
        case "/sent":
            let viewport = "<meta name=viewport content=\"width=device-width\">"
            let lines = request.headers.fields.map { "\($0.name): \($0.value)" }
            return page("<title>Sent</title>\(viewport)<pre style=\"white-space:pre-wrap;overflow-wrap:anywhere\">\(lines.joined(separator: "\n"))</pre>")
        case "/closed":
            guard request.headers["Authorization"] != nil else {
                return Response(status: 401, headers: ["WWW-Authenticate": "Basic realm=\"shop\"", "Content-Type": "text/html"], body: Array("Who are you?".utf8))
            }
            return page("<title>Open</title><p id=who>\(request.headers["Authorization"] ?? "")</p><script>fetch('/closed').then(r => document.title = r.status)</script>")
        case "/slow":
            try? await loop.sleep(for: .seconds(30))
            return page("<h1>Late</h1>")
        default: return Response(status: 404)
        }
    }

    private static func page(_ html: String) -> Response {
        Response(status: 200, headers: ["Content-Type": "text/html; charset=utf-8"], body: Array(html.utf8))
    }

    /// Plays the checks of a file with the machine's browser; `{{ SITE }}` is where the pages are, nobody listens at `{{ CLOSED }}`.
    static func play(_ json: String, environment: [String: String] = machine) throws -> [CheckResult] {
        let entries = try CheckFile.read(json.utf8, file: "f.json")
        let loop = try EventLoop()
        return try loop.run {
            let server = Server(loop: loop, host: "127.0.0.1", port: 0) { await answer($0, on: loop) }
            try server.start()
            let closed = Server(loop: loop, host: "127.0.0.1", port: 0) { _ in Response(status: 404) }
            try closed.start()
            await closed.stop(grace: .zero)
            let client = Client(loop: loop)
            let browsers = ChromeBrowsers(client, environment: environment, on: loop)
            var random = SeededRandom(seed: 1)
            let sources = VariableSources(given: ["SITE": "http://127.0.0.1:\(server.port)", "CLOSED": "http://127.0.0.1:\(closed.port)"])
            let results = await Runner(send: client, loop: loop, sources: sources, browsers: browsers).run(entries, random: &random)
            await browsers.close()
            client.close()
            await server.stop(grace: .zero)
            return results
        }
    }
}

extension Client: CheckTransport {}
