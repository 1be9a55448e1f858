extension CommandLineOptions {
    public static let help = """
        Judges a running shop with its synthetic checks, or any system with check files of your own.

        Usage: synthetics-start checks [options]       the running shop's checks; without one, the files below this folder
               synthetics-start run-tests [options]    files only, as datadog-ci finds them: **/*.synthetics.json

        Which checks
          --shop NAME             which shop, when the running host has several
          --files, -f GLOB        run check files (*, ?, **, {a,b} and !(a) are understood) instead of the shop's own; may be repeated
          --public-id, -p ID      only the check with this public id; may be repeated
          --search, -s QUERY      only checks that fit: tag:page, type:api, words of the name; -tag:x excludes; may be repeated, one is enough
          --config FILE           settings in datadog-ci's form; datadog-ci.json when it exists

        How they run
          --variable NAME=VALUE   value of {{ NAME }} in the checks; wins over all others; may be repeated
          --override KEY=VALUE    change all checks: startUrl, headers.NAME, body, retry.count, executionRule ...; may be repeated
          --parallel N            checks at the same time, 1 to 100; default 4
          --batchTimeout MS       limit for the whole run; default 1800000, half an hour
          --dry-run               say what would run, and run nothing

        What comes out
          --json                  print one JSON document
          --jUnitReport, -j FILE  write a JUnit XML report as well
          --jsonReport FILE       write a JSON report as well
          --screenshots FOLDER    where pictures of pages go whose browser steps failed; default .synthetics
          --runName, -n NAME      the run's name in the JUnit report
          --no-failOnTimeout      a check that the time limit ended does not fail the run
          --failOnMissingTests    tests that exist only at Datadog fail the run, as does a run without tests
          --failOnCriticalErrors  status 1 instead of 2 when checks could not run
          --help, -h              this text

        Browser checks need chromium and chromedriver on the PATH (Debian and Ubuntu: apt-get install chromium chromium-driver) and are
        skipped without them.

        Exit status: 0 all blocking checks passed, 1 some failed, 2 the checks could not run.

        datadog-ci's options for its service (--apiKey, --tunnel and so on) are accepted and change nothing, its environment variables
        DATADOG_SYNTHETICS_... are read. NO_COLOR turns colours off; SHOPHOST_CONTROL is the path of the running host's control file;
        SSL_CERT_FILE names certificate authorities to trust; every other variable can be used in checks as {{ NAME }}.

        Examples: synthetics-start checks --search tag:page
                  synthetics-start checks --files 'checks/**/*.synthetics.json' --variable FRONTEND_URL=http://127.0.0.1:3000

        """
}
