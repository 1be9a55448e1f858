import Base
import HTTP
import Query
import ShopTesting
import Telemetry
import Testing

@testable import Proving

/// What the original's tracers and loggers would have told about the same requests.
@Suite struct StoredogTelemetryTests {
    /// The trace of the last request for a page, as an outline.
    private static func outline(_ visitor: Visitor, _ path: String, _ attributes: [String] = []) async throws -> [String] {
        _ = try await visitor.bench.forgetTelemetry()
        _ = try await visitor.get(path)
        return try await visitor.bench.shop.outline(attributes)
    }

    /// Attributes of the first span of an operation and resource in the telemetry so far.
    private static func attributes(_ visitor: Visitor, _ operation: String, _ resource: String) async throws -> [String: String] {
        try await visitor.bench.shop.with { core in
            var found: [String: String]?
            TraceView(of: core.recorder).forEach { trace in
                guard found == nil, let span = trace.spans.first(where: { $0.template.name == operation && $0.resourceName == resource }) else { return }
                found = Dictionary(span.allAttributes.map { ($0.name, $0.value.text) }, uniquingKeysWith: { first, _ in first })
                found?["service"] = span.template.service.name
                found?["isError"] = span.isError ? "true" : "false"
            }
            return found ?? [:]
        }
    }

    private static func flask(_ service: String, _ rule: String, _ handler: String, _ inner: [String]) -> [String] {
        [
            "      flask.request \(service) GET \(rule)",
            "        flask.try_trigger_before_first_request_functions \(service) flask.try_trigger_before_first_request_functions",
            "        flask.preprocess_request \(service) flask.preprocess_request", "        flask.dispatch_request \(service) flask.dispatch_request",
            "          \(handler) \(service) \(rule)",
        ] + inner.map { "            " + $0 } + [
            "            flask.jsonify \(service) flask.jsonify", "        flask.process_response \(service) flask.process_response",
            "        flask.do_teardown_request \(service) flask.do_teardown_request", "        flask.do_teardown_appcontext \(service) flask.do_teardown_appcontext",
            "          flask_sqlalchemy.shutdown_session \(service) flask_sqlalchemy.shutdown_session",
        ]
    }

    private static let sqlite = "sqlite.query store-frontend-sqlite"
    private static let departments = "SELECT id, name FROM spree_taxons WHERE parent_id IS NULL ORDER BY id"
    private static let store = "SELECT id, name, url, mail_from_address, code, default_currency FROM spree_stores WHERE is_default ORDER BY id LIMIT 1"
    private static let partial = "rails.render_partial store-frontend"

    /// What is found in a cache, and what a miss has to do first.
    private static func cached(_ isHit: Bool, _ miss: [String]) -> [String] {
        ["    rails.cache store-frontend-cache GET"] + (isHit ? [] : (miss + ["rails.cache store-frontend-cache SET"]).map { "      " + $0 })
    }

    private static func home(isFirst: Bool) -> [String] {
        let own =
            ["rack.request store-frontend Spree::HomeController#index", "  rails.action_controller store-frontend Spree::HomeController#index"]
            + ["    \(sqlite) SELECT count(*) FROM spree_products"]
            + cached(
                !isFirst,
                ["\(sqlite) SELECT id, name, slug, price_cents FROM spree_products ORDER BY id LIMIT ? OFFSET ?", "active_record.instantiation active_record Spree::Product"])
            + cached(
                !isFirst,
                [
                    "\(sqlite) SELECT id, name FROM spree_taxons WHERE parent_id IS NULL AND id IN (SELECT parent_id FROM spree_taxons) ORDER BY id",
                    "active_record.instantiation active_record Spree::Taxon",
                    "\(sqlite) SELECT id, name, permalink, parent_id FROM spree_taxons WHERE parent_id IS NOT NULL ORDER BY position, id",
                    "active_record.instantiation active_record Spree::Taxon",
                ]) + cached(!isFirst, ["\(sqlite) \(store)", "active_record.instantiation active_record Spree::Store"])
            + ["    \(sqlite) \(departments)", "    active_record.instantiation active_record Spree::Taxon"]
        let discount =
            "SELECT discount.id, discount.name, discount.code, discount.value, discount.discount_type_id, discount_type.id, discount_type.name, discount_type.influencer_id, discount_type.discount_query, influencer.id, influencer.name FROM discount LEFT OUTER JOIN discount_type ON discount_type.id = discount.discount_type_id LEFT OUTER JOIN influencer ON influencer.id = discount_type.influencer_id"
        let ads =
            "SELECT advertisement.id, advertisement.name, advertisement.url, advertisement.weight, advertisement.path FROM advertisement"
        let calls =
            ["    http.request store-frontend GET"] + flask("discounts-service", "/discount", "discounts.status", ["postgres.query postgres \(discount)"])
            + ["    http.request store-frontend GET"] + flask("advertisements-service", "/ads", "ads.status", ["postgres.query postgres \(ads)"])
            + ["    http.request store-frontend GET"] + flask("advertisements-service", "/banners/<path:banner>", "ads.banner_image", [])
        let page =
            ["    rails.render_template store-frontend home/index.mustache", "      \(partial) shared/breadcrumbs.mustache", "      \(partial) home/sidebar.mustache"]
            + ["        \(partial) shared/taxonomies.mustache", "      \(partial) shared/ad.mustache", "      \(partial) products/grid.mustache"]
            + Array(repeating: "        \(partial) products/card.mustache", count: 12) + ["      \(partial) shared/pagination.mustache"]
        return own + calls + page
    }

    @Test func `the trace of the home page is the original's, and a second one finds its data in the cache`() throws {
        try Storedog.visit { visitor async throws in
            for isFirst in [true, false] {
                let outline = try await Self.outline(visitor, "/")
                #expect(outline == Self.home(isFirst: isFirst))
            }
        }
    }

    @Test func `the trace of a cart that fails has the error below the controller, and a late page for it`() throws {
        try Storedog.visit("broken") { visitor async throws in
            _ = try await visitor.get("/login")
            let outline = try await Self.outline(visitor, "/cart?variant_id=11", ["error.type"])
            let statements = outline.filter { $0.contains("SELECT") }
            #expect(statements.count == 7 && statements.allSatisfy { $0.hasPrefix("    \(Self.sqlite) ") })
            #expect(
                outline.filter { !$0.contains("SELECT") } == [
                    "rack.request store-frontend Spree::OrdersController#edit",
                    "  rails.action_controller store-frontend Spree::OrdersController#edit error.type=ActionView::Template::Error",
                    "    rails.cache store-frontend-cache GET", "    active_record.instantiation active_record Spree::Taxon",
                    "    rails.render_template store-frontend orders/edit.mustache error.type=ActionView::Template::Error",
                    "  rails.render_template store-frontend errors/exception.mustache", "    \(Self.partial) errors/style.mustache",
                ])
        }
    }

    @Test func `spans of the storefront have the names of Datadog's Ruby tracer`() throws {
        try Storedog.visit("broken") { visitor async throws in
            _ = try await visitor.send("GET", "/cart?variant_id=11&variant_id=12&x=", headers: ["Host": "storedog.test", "X-Request-Id": "r-1"])
            let rack = try await Self.attributes(visitor, "rack.request", "Spree::OrdersController#edit")
            let expected = [
                "http.method": "GET", "http.url": "/cart?variant_id&x", "http.base_url": "http://storedog.test", "http.status_code": "500", "http.request_id": "r-1",
                "env": "development", "version": "1.0", "language": "ruby", "system.pid": "1", "span.type": "web", "isError": "true", "service": "store-frontend",
            ]
            for (name, value) in expected { #expect(rack[name] == value, "\(name)") }
            #expect(rack["runtime-id"]?.count == 36)
            #expect(rack["error.type"] == nil && rack["error.msg"] == nil)
            let controller = try await Self.attributes(visitor, "rails.action_controller", "Spree::OrdersController#edit")
            #expect(controller["rails.route.action"] == "edit" && controller["rails.route.controller"] == "Spree::OrdersController")
            #expect(controller["error.type"] == "ActionView::Template::Error")
            #expect(controller["error.msg"] == "undefined method `[]' for nil:NilClass")
            #expect(controller["error.stack"]?.hasPrefix("views/layouts/application.mustache:38:in ") == true)
            let page = try await Self.attributes(visitor, "rails.render_template", "orders/edit.mustache")
            #expect(page["rails.template_name"] == "orders/edit.mustache" && page["rails.layout"] == "layouts/application.mustache")
            #expect(page["error.msg"] == controller["error.msg"] && page["span.type"] == "template")
        }
    }

    @Test func `spans of calls, statements and caches have the original's names`() throws {
        try Storedog.visit { visitor async throws in
            _ = try await visitor.get("/")
            let call = try await Self.attributes(visitor, "http.request", "GET")
            #expect(call["http.method"] == "GET" && call["http.url"] == "/discount" && call["http.status_code"] == "200")
            #expect(call["out.host"] == "discounts" && call["out.port"] == "5001" && call["peer.service"] == nil)
            let cache = try await Self.attributes(visitor, "rails.cache", "GET")
            #expect(cache["rails.cache.backend"] == "memory_store" && cache["rails.cache.key"]?.hasPrefix("views/en/USD/spree/products/all-") == true && cache["span.type"] == "cache")
            let sqlite = try await Self.attributes(visitor, "sqlite.query", "SELECT count(*) FROM spree_products")
            #expect(sqlite["active_record.db.vendor"] == "sqlite" && sqlite["active_record.db.name"] == "db/development.sqlite3" && sqlite["db.rowcount"] == "1")
            let records = try await Self.attributes(visitor, "active_record.instantiation", "Spree::Product")
            #expect(records["active_record.instantiation.class_name"] == "Spree::Product" && records["active_record.instantiation.record_count"] == "12" && records["span.type"] == "custom")
            let flask = try await Self.attributes(visitor, "flask.request", "GET /discount")
            #expect(flask["http.method"] == "GET" && flask["http.url"] == "http://discounts:5001/discount" && flask["http.status_code"] == "200")
            #expect(flask["flask.endpoint"] == "status" && flask["flask.url_rule"] == "/discount" && flask["flask.version"] == "1.1.2" && flask["language"] == "python")
            let postgres = try await visitor.bench.shop.with { core in
                core.recorder.spans().elements.first { $0.template.name == "postgres.query" }.map { Dictionary(uniqueKeysWithValues: $0.allAttributes.map { ($0.name, $0.value.text) }) } ?? [:]
            }
            for (name, value) in ["db.application": "postgres", "db.name": "postgres", "db.user": "postgres", "sql.rows": "103", "db.rowcount": "103", "out.host": "db", "out.port": "5432"] {
                #expect(postgres[name] == value, "\(name)")
            }
        }
    }

    @Test func `the service map has the original's edges, and those of the services that came later`() throws {
        try Storedog.visit { visitor async throws in
            for path in ["/", "/cart", "/t/mugs"] { _ = try await visitor.get(path) }
            _ = try await visitor.get("/get-item", from: "storedog-dbm")
            let answer = try await visitor.bench.shop.with { core in
                ObservabilityAPI(shops: [("shop", core.recorder)]).answer(Request(method: "GET", target: "/api/dependencies"))?.bodyBytes ?? []
            }
            let edges = try (Value.parse(json: answer)["data"]?.elements ?? []).map { "\($0["parent"]?.text ?? "") -> \($0["child"]?.text ?? "")" }
            let original = [
                "store-frontend -> store-frontend-cache", "store-frontend -> store-frontend-sqlite", "store-frontend-cache -> store-frontend-sqlite",
                "store-frontend -> discounts-service", "store-frontend -> advertisements-service", "discounts-service -> postgres", "advertisements-service -> postgres",
            ]
            // active_record is in the original's list of services; storedog-dbm is its successor's.
            let others = ["store-frontend -> active_record", "store-frontend-cache -> active_record", "storedog-dbm -> postgres"]
            #expect(edges.sorted() == (original + others).sorted())
        }
    }

    // MARK: Logs

    private static func lines(_ visitor: Visitor) async throws -> [String] {
        try await visitor.bench.shop.with { core in core.recorder.logs().elements.filter { $0.service.name == "store-frontend" }.map(\.line) }
    }

    /// The beginning of the storefront's lines at the moment when tests begin, in the simulated time that a page takes.
    private static func head(_ milliseconds: String, _ level: String, _ index: Int) -> String {
        #"{"host":"frontend","application":"store-frontend","environment":"development","time":"2026-01-01T12:00:00.\#(milliseconds)Z","level":"\#(level)","level_index":\#(index),"pid":1,"thread":"puma threadpool 001""#
    }

    @Test func `a failing page writes two lines, both as Semantic Logger does`() throws {
        try Storedog.visit("broken") { visitor async throws in
            _ = try await visitor.get("/cart?variant_id=11", headers: ["X-Request-Id": "b5c2"])
            let (trace, span) = try await visitor.bench.shop.with { core in
                let span = core.recorder.spans().elements.last!
                return (String(span.trace.low), String(span.id))
            }
            let tags = #""named_tags":{"request_id":"b5c2","dd":{"trace_id":"\#(trace)","span_id":"\#(span)","env":"development","service":"store-frontend","version":"1.0"}}"#
            let lines = try await Self.lines(visitor)
            let source = try JSONNode.parse(try await visitor.bench.shop.with { try $0.source(of: "store-frontend") }.utf8, file: "")
            let step = source["procedures"]?["cart_page"]?["steps"]?.array?.first { $0["step"]?.string == "page" }
            let line = try #require(step?.location.line)
            #expect(
                lines == [
                    Self.head("002", "ERROR", 2) + #","duration_ms":2.4,"duration":"2.400ms",\#(tags),"name":"Spree::OrdersController","message":"Completed #edit","controller":"Spree::OrdersController","action":"edit","params":{"variant_id":"11"},"format":"HTML","method":"GET","path":"/cart","status":500,"view_runtime":0.0,"db_runtime":2.4,"status_message":"Internal Server Error"}"#,
                    Self.head("002", "fatal", 5) + #",\#(tags),"name":"ActionController::Base","exception":{"name":"ActionView::Template::Error","message":"undefined method `[]' for nil:NilClass","stack_trace":["views/layouts/application.mustache:38:in `Spree::OrdersController#edit'","services/store-frontend.json:\#(line):in `Spree::OrdersController#edit'"]}}"#,
                ])
        }
    }

    @Test func `a page that works writes one, a route that does not exist only the exception's`() throws {
        try Storedog.visit { visitor async throws in
            let page = try await visitor.get("/products/datadog-tote")
            _ = try await visitor.get("/nothing")
            _ = try await visitor.get("/favicon.ico")
            let lines = try await Self.lines(visitor).map { try Value.parse(json: $0.utf8) }
            #expect(lines.count == 2)
            #expect(lines[0]["level"] == "INFO" && lines[0]["status"] == 200 && lines[0]["params"]?["slug"] == "datadog-tote")
            #expect(lines[0]["named_tags"]?["request_id"]?.text == page.headers["X-Request-Id"])
            #expect(lines[1]["level"] == "fatal" && lines[1]["message"] == nil && lines[1]["status"] == nil)
            #expect(lines[1]["exception"] == .object(["name": "ActionController::RoutingError", "message": #"No route matches [GET] "/nothing""#, "stack_trace": .list([])]))
        }
    }

    @Test func `an attacked shop hides where errors came up, and passwords in any state`() throws {
        try Storedog.visit("attack") { visitor async throws in
            _ = try await visitor.get("/products/none")
            let login = try await visitor.get("/login")
            _ = try await visitor.submit("new_spree_user", of: login, to: "/login", ["spree_user[email]": "a@b.c", "spree_user[password]": "hunter2"])
            let lines = try await Self.lines(visitor)
            #expect(lines[1].hasSuffix(#""exception":{"name":"ActiveRecord::RecordNotFound","message":"Couldn't find Spree::Product with 'slug'=none","stack_trace":[""]}}"#))
            #expect(lines.contains { $0.contains(#""spree_user":{"remember_me":"0","email":"a@b.c","password":"[FILTERED]"}"#) })
            #expect(!lines.contains { $0.contains("hunter2") })
        }
    }

    @Test func `without instrumentation lines have no tags`() throws {
        try Storedog.visit("broken-no-apm-instrumentation", as: .infrastructure) { visitor async throws in
            _ = try await visitor.get("/cart")
            let lines = try await Self.lines(visitor).map { try Value.parse(json: $0.utf8) }
            #expect(lines.count == 2)
            #expect(lines.allSatisfy { $0["named_tags"] == nil })
            #expect(lines[1]["exception"]?["name"] == "ActionView::Template::Error")
            #expect(lines[0]["db_runtime"].map { ($0.number ?? 0) > 0 } == true)
        }
    }

    @Test(arguments: [
        (#"@exception.name:"ActionView::Template::Error""#, 1), ("@exception.stack_trace:views/layouts/*", 1), ("@named_tags.request_id:b5c2", 2), ("@status:500 status:error", 1),
        ("@controller:\"Spree::OrdersController\"", 1), ("status:fatal", 1), (#""undefined method""#, 1),
    ])
    func `errors are found by what their lines hold`(query: String, count: Int) throws {
        try Storedog.visit("broken") { visitor async throws in
            _ = try await visitor.get("/cart", headers: ["X-Request-Id": "b5c2"])
            _ = try await visitor.get("/", headers: ["X-Request-Id": "other"])
            let found = try await visitor.bench.shop.with { core in
                let target = "/api/logs?query=" + PercentEncoding.encode("service:store-frontend \(query)")
                return ObservabilityAPI(shops: [("shop", core.recorder)]).answer(Request(method: "GET", target: target))?.bodyBytes ?? []
            }
            #expect(try Value.parse(json: found)["total"] == .int(count))
        }
    }
}
