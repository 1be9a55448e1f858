import Base

/// The local script's text. Written to be read; `compact` is what browsers get.
enum LocalScript {
    /// The first line, by which a page is known to have the script already.
    static let opening = "(function(path,service,env,version,trace,span){"

    /// Without comments, indentation and empty lines. Line breaks stay, so that nothing depends on where semicolons could be left out.
    static let compact: String = source.split(separator: "\n").map { $0.drop { $0 == " " } }
        .filter { !$0.isEmpty && !$0.hasPrefix("//") }.joined(separator: "\n")

    static let source = """
        (function(path,service,env,version,trace,span){
          var w = window, d = document, p = w.performance, queue = [], vitals = {}, timer, session;
          if (!p || !w.PerformanceObserver || !navigator.sendBeacon) return;
          function id() { return (Math.random() * 1e16).toString(36) + Date.now().toString(36); }
          // Storage throws when it is switched off; each page is then a session of its own.
          try { session = sessionStorage.rum || (sessionStorage.rum = id()); } catch (e) { session = id(); }
          var view = { id: id(), url: location.href, referrer: d.referrer, title: '' };
          function round(x) { return Math.round(x * 1e3) / 1e3; }
          function add(type, event, at) {
            event.type = type;
            event.date = Math.round(at === undefined ? Date.now() : p.timeOrigin + at);
            queue.push(event);
            // A beacon must stay below 64 KiB.
            if (queue.length > 49) send(); else timer = timer || setTimeout(send, 5e3);
          }
          function send() {
            clearTimeout(timer); timer = 0;
            if (!queue.length) return;
            view.title = d.title;
            var body = JSON.stringify({ session: session, service: service, env: env, version: version, trace_id: trace, span_id: span, view: view, events: queue.splice(0) });
            // Text is sent as text/plain, which needs no preflight.
            if (!navigator.sendBeacon(path, body)) fetch(path, { method: 'POST', body: body, keepalive: true }).catch(function() {});
          }
          function observe(type, each, options) {
            try { new PerformanceObserver(function(list) { list.getEntries().forEach(each); }).observe(Object.assign({ type: type, buffered: true }, options)); } catch (e) {}
          }
          function vital(name, value) { vitals[name] = value; }
          function flushVitals() {
            for (var name in vitals) add('vital', { name: name, value: round(vitals[name]) });
            vitals = {};
          }
          observe('paint', function(e) { if (e.name === 'first-contentful-paint') vital('FCP', e.startTime); });
          observe('largest-contentful-paint', function(e) { vital('LCP', e.startTime); });
          // CLS is the worst window of shifts less than 1 s apart and at most 5 s long (web.dev/cls).
          var shift = 0, worst = 0, first = 0, last = 0;
          observe('layout-shift', function(e) {
            if (e.hadRecentInput) return;
            if (e.startTime - last > 1e3 || e.startTime - first > 5e3) { shift = 0; first = e.startTime; }
            last = e.startTime;
            shift += e.value;
            if (shift >= worst) vital('CLS', worst = shift);
          });
          // INP: the slowest interaction; with fewer than 50 of them that is its definition.
          var slowest = 0;
          observe('event', function(e) { if (e.interactionId && e.duration > slowest) vital('INP', slowest = e.duration); }, { durationThreshold: 16 });
          observe('resource', function(e) {
            if (e.name.indexOf(path) < 0) add('resource', { url: e.name, kind: e.initiatorType, start: round(e.startTime), duration: round(e.duration), size: e.transferSize || 0, status: e.responseStatus || 0 }, e.startTime);
          });
          function failed(message, error, source) { add('error', { message: String(message), stack: error && error.stack || '', source: source || '' }); }
          w.addEventListener('error', function(e) {
            var t = e.target;
            if (t && t !== w) failed('could not load ' + (t.src || t.href), null, t.tagName); else failed(e.message, e.error, e.filename + ':' + e.lineno);
          }, true);
          w.addEventListener('unhandledrejection', function(e) { failed(e.reason && e.reason.message || e.reason, e.reason, 'promise'); });
          d.addEventListener('click', function(e) {
            var t = e.target.closest && e.target.closest('a,button,input,select,label,[role=button]');
            if (!t) return;
            var isButton = t.type === 'submit' || t.type === 'button';
            var name = t.getAttribute('aria-label') || (t.tagName === 'INPUT' ? isButton ? t.value : t.name : t.tagName === 'SELECT' ? t.name : t.textContent);
            add('action', { name: (name || '').trim().replace(/\\s+/g, ' ').slice(0, 99), target: t.tagName.toLowerCase() + (t.id ? '#' + t.id : '') });
          }, true);
          w.addEventListener('load', function() {
            // The load event's own end is known only after its listeners.
            setTimeout(function() {
              var n = p.getEntriesByType('navigation')[0];
              if (!n) return;
              vital('TTFB', n.responseStart);
              add('view', { load: round(n.loadEventEnd), dom: round(n.domContentLoadedEventEnd) }, 0);
            });
          });
          function leave() { flushVitals(); send(); }
          d.addEventListener('visibilitychange', function() { if (d.visibilityState === 'hidden') leave(); });
          w.addEventListener('pagehide', leave);
        })
        """
}
