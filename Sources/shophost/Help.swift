/// What `--help` prints.
enum Help {
    static let commands = ["packs", "handlers", "validate", "schemas", "prove", "grade", "lab", "slo", "replay", "load", "status", "env", "faults", "fault", "collector", "switch", "reset", "source", "deploy", "get", "top", "describe", "scale", "logs", "help"]

    static func text(for command: String?) -> String {
        command.flatMap { details[$0] } ?? main
    }

    private static let main = """
        shophost runs whole demo shops in one process, with faults that show in real telemetry.

        Run shops:
          shophost --pack storedog --state broken
          shophost --shop red=storedog:broken --shop blue=storedog:fixed

          --pack NAME|FOLDER       a built-in pack (see: shophost packs) or a folder with a pack.json
          --state STATE            which faults are on at the start; the standard is "broken"
          --port N                 port of the entry service; the others follow (the pack's own ports without it)
          --shop NAME=PACK:STATE[@PORT]   one of several shops; may be repeated
          --host ADDRESS           address of the services' ports (127.0.0.1)
          --observability-port N   traces, logs and metrics for learners (16686, or a free one when that is taken)
          --instrumentation none|no-apm|full   how much learners can see; the state's own level without it
          --rum datadog|local|off|FILE   browser monitoring snippet (datadog when DD_CLIENT_TOKEN is set, else local)
          --logs DIR|-|off         services' log lines: to DIR/SERVICE.log, to standard output (-, the standard), or only into the store
          --data DIR               keeps the shops' data in files
          --database URL           PostgreSQL for the pack's shared databases, for example postgresql://user@host/name
          --database-schema NAME   shares the data with every other host of that database that names the same: the first makes it, the others go on with it
          --collector FILE         samples traces on their way out: tail_sampling and pipelines as in OpenTelemetry's collector, in JSON
          --mesh direct|http       how services call each other: in the process, or over loopback
          --seed N                 repeats random decisions and identifiers
          --record FILE.gor[.gz]   records the entry services' traffic in GoReplay's format; see: shophost help replay

        Ask and change a running host:
          shophost status                     what runs where
          shophost env                        its addresses and token as variables: eval "$(shophost env)"
          shophost faults                     the pack's faults and which are on
          shophost fault on|off NAME          switches one fault (--set OPTION=NUMBER)
          shophost collector                  what each policy of tail sampling has kept of the traces
          shophost switch PACK [STATE]        puts another pack or state behind the ports
          shophost reset                      data, sessions, deployments and telemetry as at the start
          shophost source SERVICE             the service's wiring as it runs now (--view NAME for a page)
          shophost deploy FILE                deploys an edited wiring (--service NAME) or page (--view NAME)

        The cluster of a running host, as kubectl shows it:
          shophost get pods|deployments|events|hpa   (-l name=DEPLOYMENT for one)
          shophost top pods                   processor and memory
          shophost describe pod|hpa NAME      with how its container ended last, or what the autoscaler sees
          shophost scale DEPLOYMENT=N         wants N pods
          shophost logs SERVICE               its newest lines (--tail N, -f)

        Load:
          shophost replay FILE [http://HOST:PORT]   sends recorded traffic (GoReplay, HAR) and compares the answers
          shophost load --journey NAME        visitors of a running shop (--users, --spawn-rate, --duration, --rate, --threshold ...)
          shophost load URL                   one request over and over, with hey's options (-n, -c, -z, -q ...)

        Objectives:
          shophost slo init|sync|agent|report|rules   service level objectives: budgets, burn rates, alerts; see: shophost help slo

        Packs:
          shophost packs                      the built-in packs
          shophost handlers                   every operation that wirings can use
          shophost validate FOLDER            all mistakes of a pack, with their places
          shophost prove                      switches every fault on and off, in simulated time, and compares what shows
          shophost grade                      judges what a learner has changed in the running host (--submission FOLDER: files)
          shophost lab list|show|verify       guided exercises of a pack, and whether a step of one is done
          shophost schemas FOLDER             writes the JSON Schemas of pack files

        More: shophost help COMMAND. Exit status: 0 done, 1 failed, 64 wrong command line, 65 mistakes in a pack.

        """

    private static let details: [String: String] = [
        "lab": """
            shophost lab list [--pack NAME|FOLDER] [--shop NAME] [--json]
            shophost lab show LAB [--pack NAME|FOLDER] [--shop NAME] [--json]
            shophost lab verify LAB [STEP] [--shop NAME] [--json]

            Guided exercises of the running shop's pack, or of another one. A lab is named by its file, or by what its name begins with: "1" for
            "1-deploy-and-shop". "verify" runs checks against the running shop and asks its telemetry; without STEP it judges the last step that can
            be judged, which ends the lab. Exit status of "verify": 0 done, 1 not done.

            """,
        "deploy": """
            shophost deploy FILE [--service NAME | --view NAME] [--version V] [--weight PERCENT] [--title TEXT] [--shop NAME]

            Puts an edited wiring (JSON) or page (Mustache) into the running shop at once; requests in flight finish on the old version. A file with
            mistakes changes nothing. The service is taken from the file's name when --service is left out (store-frontend.json). With a weight below 100
            the version before keeps the rest of the requests.

              shophost source discounts-service > discounts-service.json
              shophost deploy discounts-service.json --title "One query instead of many"

            """,
        "source": """
            shophost source SERVICE [--shop NAME]
            shophost source --view NAME [--shop NAME]

            Prints the wiring of a service as it runs now; traces name its lines in code.file.path and code.line.number. Edit a copy and deploy it.

            """,
        "switch": """
            shophost switch PACK [STATE] [--shop NAME]

            Replaces the running shop by a pack in a state (standard: broken), with fresh data. No request fails: those in flight finish in the old one.

            """,
        "collector": """
            shophost collector [--shop NAME] [--json]

            What became of the traces in the shop's collector: one line for each policy of tail sampling, with the traces that it wanted, their share and spans,
            and those that no other policy wanted. The collector is a service of the pack (shophost source collector) or stands in the file of --collector:

              { "processors": { "tail_sampling": { "decision_wait": "10s", "num_traces": 2000, "policies": [
                    { "name": "errors", "type": "status_code", "status_code": { "status_codes": ["ERROR"] } } ] } },
                "service": { "pipelines": { "traces": { "processors": ["tail_sampling"] } } } }

            Types of policies, named as in OpenTelemetry's collector: always_sample, latency, numeric_attribute, probabilistic, status_code, string_attribute,
            rate_limiting, span_count, boolean_attribute, ottl_condition, and, drop, composite. A processor "attributes" changes attributes.

            """,
        "env": """
            shophost env [--shop NAME] [--json]

            Prints the addresses of the shop's services, the control address and its token as lines for a shell. The names are those that checks use.

              eval "$(shophost env)"
              curl -s "$FRONTEND_URL/"
              curl -s -H "Authorization: Bearer $SHOPHOST_CONTROL_TOKEN" "$SHOPHOST_CONTROL_URL/v1/status"

            """,
        "fault": """
            shophost fault on NAME [--set OPTION=NUMBER] [--shop NAME]
            shophost fault off NAME [--shop NAME]

            Switches one fault of the pack on or off. See: shophost faults

            """,
        "load": LoadHelp.text,
        "prove": """
            shophost prove [--pack NAME|FOLDER] [--fault NAME]... [--seed N] [--every-check] [--json]

            Runs a pack's checks and evidence queries in simulated time: for each fault before, while and after it is on, for each state, and for every
            two faults that can be on together. All built-in packs without --pack; with --fault these faults and nothing else. Exit status 0
            when everything does what it says, 1 when not.

            With two faults on, a check is asked if both concern it: if its requests reach a route or service that each of them changes. The others do
            what they do with one of the faults alone. --every-check asks them as well, which takes about three times as long.

            """,
        "slo": """
            shophost slo init   [-o FILE] [--service S --name N --numerator QUERY --denominator QUERY --target PERCENT --window LENGTH]
            shophost slo sync   [-m FILE]
            shophost slo agent  [-m FILE] [-i SECONDS] [--push URL]
            shophost slo report [-m FILE] [-f table|text|json|yaml|markdown] [-o FILE] [-l LABEL=VALUE] [--service S] [-w] [--check]
            shophost slo rules  [-m FILE]

            Objectives stand in YAML files: Reliably's manifest (reliably.com/v1) or OpenSLO v1. Without -m: ./reliably.yaml, else what "slo sync" kept,
            else the objectives of the running shop's pack. Datadog queries are asked at the running shop's observability port, or at --datadog URL
            (DD_API_KEY and DD_APP_KEY are sent); PromQL at --prometheus URL.

            init      asks for an objective (or takes the options) and adds it to ./reliably.yaml
            sync      checks a manifest and keeps it for the other commands
            agent     measures every 300 s (-i) and prints each indicator; --push sends it to a server with Reliably's API (RELIABLY_TOKEN, RELIABLY_ORG)
            report    how the objectives fare; -w repeats every 3 s; --check ends with status 1 when one is missed or has no data
            rules     Prometheus recording and alerting rules (14.4, 6, 3 and 1 times the budget, two windows each)

            """,
        "grade": """
            shophost grade [--shop NAME] [--trainer] [--json]
            shophost grade --submission FOLDER [--pack NAME|FOLDER] [--state STATE] [--fault NAME]... [--trainer] [--json]

            Judges by behaviour whether the problems of a state are fixed, in simulated time: the pack's own checks, what telemetry shows, and
            the answers to many requests beside those of the healthy shop, with other data than the pack's. What runs goes on undisturbed.

            Without --submission it judges what the running host runs: wirings and pages that were deployed or whose files were changed.
              --submission FOLDER     services/NAME.json and views/NAME.mustache to judge instead; in a copy of the whole pack those that differ.
                                      Its checks, faults, states and data have no effect
              --pack NAME|FOLDER      the pack as it was handed out, where the host or the folder does not say it
              --state STATE           what was to be mended; the host's state, else "broken"
              --fault NAME            one more fault that was to be mended; alone it stands for this fault in a shop that is fixed otherwise
              --seed N                gives the same verdict again (printed with it)
              --trainer               names the faults

            Exit status: 0 fixed, 1 not fixed, 2 it could not be judged, 64 wrong command line, 65 mistakes in the pack or in what was handed in.

              shophost source discounts-service > fix/services/discounts-service.json
              shophost grade --submission fix --pack storedog --state broken

            """,
        "replay": """
            shophost replay FILE... [http://HOST:PORT]

            Sends recorded traffic: GoReplay's files (.gor, also packed as .gz, several chunks, patterns such as 'requests_*.gor') and browsers' HTTP
            archives (.har). Without a target it goes to FRONTEND_HOST and FRONTEND_PORT, or to the shop that runs on this machine; it waits until
            somebody listens there. Requests of a session follow each other, sessions run at the same time. Where the recording holds answers, they are
            compared, and cookies, tokens and identifiers that the shop makes up anew take the place of the recorded ones.

              --speed 2|200%|max       instead of the recorded pace; also behind a file: 'requests_0.gor|200%'
              --loop N|forever         plays the recording again
              --for 10m                ends then
              --max-wait 5s            shortens long gaps
              --session auto|none|connection|cookie:NAME|header:NAME   what makes requests a session
              --compare off|status|meaning|exact   how answers are compared (meaning: JSON values, the words of pages)
              --recorded-tokens        sends cookies and tokens as recorded
              --wait 60s               how long to wait for the target
              --json                   the report for programs
              --dry-run                reads only, and says how long it would take

            GoReplay's options: --input-file 'FILE|200%', --input-file-loop, --input-file-max-wait, --input-file-read-depth, --input-file-dry-run,
            --output-http 'URL|50%', --output-http-timeout (30s), --output-http-redirects N, --output-http-workers N (256), --output-http-skip-verify,
            --exit-after, --http-original-host, --http-allow-method, --http-allow-url, --http-disallow-url, --http-allow-header, --http-disallow-header,
            --http-basic-auth-filter, --http-header-limiter, --http-param-limiter, --http-set-header, --http-set-param, --http-rewrite-url,
            --http-rewrite-header.

            Exit status: 0 no failures; 1 some requests got no answer, an error of the shop (5xx), or another answer than the recorded one; 2 nobody
            listens at the target; 64 wrong command line; 65 nothing in the recording can be read. Ctrl-C ends it with the report so far.

            Record: shophost --pack storedog --record traffic.gor
              writes traffic_0.gor, traffic_1.gor ...: requests and answers of the entry services
              --record-service NAME    of this service instead; may be repeated
              --record-size-limit 32mb size from which on a new file begins; 0 never

            """,
        "validate": """
            shophost validate FOLDER [--json]

            Prints every mistake of a pack as FILE:LINE:COLUMN: POINTER: MESSAGE. Exit status 0 without mistakes, 65 with.

            """,
    ]
}
