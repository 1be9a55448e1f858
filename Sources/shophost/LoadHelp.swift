/// What `shophost load --help` prints.
enum LoadHelp {
    static let text = """
        shophost load --journey NAME [--users N] [--spawn-rate R] [--duration D] [URL | --shop NAME | --base SERVICE=URL ...]
        shophost load [hey's options] URL

        Journeys are in the pack's folder load/: what visitors do, with their tasks, waits and forms. Without URL and --base they visit the shop that
        runs now. A journey is also given by its file: --journey ./my-journey.json

        How much:
          --users N                visitors, each waiting for answers and thinking in between
          --spawn-rate R           visitors that come per second; all at once without it, or what the journey says
          --rate N[/s|/m]          instead: tasks that begin per second, whatever becomes of those before; times count from when they should have begun
          --max-users N            visitors of --rate at most (1000)
          --stages D:N,D:N,...     goes to N visitors, or N per second with --rate, in the time D, stage after stage: 30s:50,2m:50,10s:0
          --duration D             10s, 5m, 1h30m; until Ctrl-C without it, or what the journey says
          --stop-timeout D         how long answers are waited for at the end (5s)
          --loops N                event loops, one thread each (1)

        Where:
          --pack NAME|FOLDER       where the journey is, instead of the running shop's pack
          --base SERVICE=URL       where a service's requests go; URL alone is the entry service
          --shop NAME              which of several running shops
          --virtual [--state S]    a fresh shop of --pack in simulated time: minutes take seconds, the same --seed always gives the same
          --seed N                 repeats what visitors choose
          --evidence QUERY         with --virtual: how many traces, logs, metrics or events match afterwards

        Results:
          --threshold 'METRIC{TAG:VALUE}: LIMIT'   as in k6: 'http_req_duration{name:home}: p(95)<500', 'http_req_failed: rate<0.01'; exit status 99
          --report locust|hey|json (--json) ; --csv PREFIX [--csv-full-history]: Locust's files
          --exit-code-on-error N   exit status when a journey's requests failed (1)

        hey's options, with hey's report:
          -n N  requests (200)           -m METHOD               -T TYPE   Content-Type (text/html)
          -c N  workers (50)             -H "Name: value" ...    -A TYPE   Accept
          -q R  per second and worker    -d BODY, -D FILE        -U NAME   User-Agent
          -z D  duration, instead of -n  -t SECONDS  (20, 0 none)  -a USER:PASSWORD
          -o csv  -x HOST:PORT (proxy)  -host NAME  -h2  -cpus N  -disable-compression  -disable-keepalive  -disable-redirects

        Ctrl-C ends the run and prints what there is. Exit status: 0, 1 requests of a journey failed, 99 a threshold was crossed.

        """
}
