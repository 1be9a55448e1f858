import Base
import Foundation
import Templates
import Testing

@Suite struct StoredogViewTests {
    let healthy: TemplateSet
    let models: [StoredogViews.Model]

    init() throws {
        healthy = try StoredogViews.set()
        models = try StoredogViews.models()
    }

    private func page(_ name: String) throws -> String {
        try StoredogViews.render(try #require(models.first { $0.name == name }), in: healthy)
    }

    private func count(_ text: String, in page: String) -> Int { page.components(separatedBy: text).count - 1 }

    /// With `VIEWS_OUT` set, the pages are written there for looking at them in a browser.
    @Test func `every model renders strictly, and every view is reached by one`() throws {
        for model in models {
            let html = try StoredogViews.render(model, in: healthy)
            // The error page shows a view's source, which comes from its data.
            #expect(html.contains("{{") == model.data.json().contains("{{"), "\(model.name)")
            guard let folder = ProcessInfo.processInfo.environment["VIEWS_OUT"] else { continue }
            try Data(html.utf8).write(to: URL(filePath: folder).appending(path: model.name.replacing("/", with: "-") + ".html"))
        }
        let pages: Set = ["home", "products", "taxons", "orders", "checkout", "sessions", "users", "passwords", "content", "discounts", "errors"]
        let partials: Set = [
            "home/sidebar", "products/card", "products/grid", "taxons/sidebar", "orders/address", "orders/details", "sessions/form", "errors/style",
            "checkout/address_fields", "checkout/form_start", "checkout/progress", "checkout/summary",
        ]
        let expected = healthy.names.filter { name in pages.contains { name.hasPrefix($0 + "/") } && !partials.contains(name) }
        #expect(Set(expected).subtracting(models.map(\.view)).isEmpty)
    }

    @Test func `the frame carries what clients look for`() throws {
        let html = try page("home/index")
        for fact in [
            "<title>storedog</title>", #"<meta name="csrf-param" content="authenticity_token">"#, #"<meta name="csrf-token" content=""#,
            #"<body class="two-col" id="home-page""#, #"<div id="spree-header">"#, #"<header id="header""#, #"<a id="logo" href="/""#,
            #"<form id="search-bar" role="search" action="/products" method="get""#, #"name="utf8" value="✓""#, ">All departments</option>",
            #"<option value="1">Categories</option><option value="2">Brands</option>"#, #"type="search" name="keywords""#, #"placeholder="Search""#,
            #"<nav id="main-nav-bar""#, #"id="home-link""#, #"id="link-to-cart""#, #"<main id="content""#, "demo.spreecommerce.org/",
        ] { #expect(html.contains(fact), "\(fact)") }
    }

    @Test func `home lists twelve products, the discount, the taxonomy and one ad in its place`() throws {
        let html = try page("home/index")
        #expect(count("product-list-item", in: html) == 12)
        #expect(html.contains("<h3>Black Friday!</h3>"))
        #expect(html.contains("<b>Enter coupon code 'BFRIDAY' at checkout for a $5.10 discount</b>"))
        #expect(html.contains("Shop by Categories") && html.contains(#"href="/t/clothing""#))
        #expect(html.contains(#"<ul class="pagination">"#))
        #expect(count(#"<br /><center><a href="/t/bags"><img src="data:image/png;base64,"#, in: html) == 1)
        let ad = try #require(html.range(of: "<center>"))
        #expect(html[..<ad.lowerBound].contains(#"data-hook="homepage_products""#) && !html[..<ad.lowerBound].contains(#"id="products""#))
    }

    @Test(arguments: [
        ("products/show", [
            #"<h1 class="product-title" itemprop="name">Datadog Tote</h1>"#, #"<form id="add-to-cart-form""#, #"name="variant_id" id="variant_id" value="1""#,
            #"id="quantity""#, #"id="add-to-cart-button" class="btn btn-primary btn-lg" disabled>Add To Cart</button>"#, ">$15.99</span>",
            "Selected item is backordered so expect delays", "Look for similar items", #"id="similar_items_by_taxon""#, #"<nav id="breadcrumbs""#,
            "data:image/png;base64,",
        ]),
        ("products/index", [#"<h6 class="search-results-title">Search results for 't shirt'</h6>"#]),
        ("products/index.none", ["Search results for 'o&#39;brien'", "No products found"]),
        ("taxons/show", [#"<h1 class="taxon-title">Mugs</h1>"#, "?taxon_id=4", "Under $10.00", #"name="search[price_range_any][]""#]),
        ("taxons/show.parent", [#"<h5 class="subtaxon-title">"#]),
        ("orders/edit", [
            "<h1>Shopping Cart</h1>", #"<form id="update-cart" action="/cart" method="post""#, #"name="_method" value="patch""#,
            #"name="order[line_items_attributes][1][quantity]""#, #"name="order[line_items_attributes][1][id]" value="2""#, #"name="order[coupon_code]""#,
            #"name="button" id="update-button""#, #"name="checkout" id="checkout-link""#, "{cartAmount: 12}", #"<tr class="cart-total">"#,
            #"action="/cart/empty""#, #"value="Empty Cart""#, #"Spree.current_order_token = "aeihRQ1NnX7TbfvhhtQNNg1567611578919""#,
        ]),
        ("orders/edit.empty", ["<h1>Shopping Cart</h1>", #"<div class="alert alert-info">Your cart is empty</div>"#, "Continue shopping"]),
        ("orders/show", ["Your order has been processed successfully", "Order R246115036", "$62.72", #"class="alert alert-notice""#]),
        ("checkout/address", [
            #"<form id="checkout_form_address""#, #"action="/checkout/update/address""#, #"name="order[state_lock_version]""#, #"name="order[email]""#,
            #"name="order[bill_address_attributes][state_id]""#, #"name="order[ship_address_attributes][state_name]""#, #"<option value="233" selected>"#,
            #"name="order[use_billing]" id="order_use_billing" value="1" checked"#, #"<ul class="progress-steps"#, "Order Summary",
        ]),
        ("checkout/delivery", [#"name="order[shipments_attributes][0][selected_shipping_rate_id]" value="1" checked"#]),
        ("checkout/payment", [
            #"name="order[payments_attributes][][payment_method_id]""#, #"name="payment_source[2][number]""#, #"name="payment_source[2][expiry]""#,
            #"name="payment_source[2][verification_value]""#, #"name="payment_source[2][cc_type]""#, #"name="payment_source[2][name]""#,
        ]),
        ("checkout/confirm", [#"value="Place Order""#, "$2.75"]),
        ("checkout/registration", [#"name="order[email]""#, #"name="_method" value="put""#]),
        ("sessions/new", [#"name="spree_user[email]""#, #"name="spree_user[password]""#, #"name="spree_user[remember_me]""#, #"value="Login""#, "Invalid email or password."]),
        ("discounts/add", ["<title>Sandbox</title>", "<h1>Discounts#add</h1>"]),
        ("errors/exception", [
            "<title>Action Controller: Exception caught</title>", "NoMethodError in Spree::Orders#edit",
            "Showing <i>views/layouts/application.mustache</i> where line <b>#38</b> raised:", "undefined method `[]&#39; for nil:NilClass",
        ]),
    ])
    func `a page carries what clients look for`(name: String, facts: [String]) throws {
        let html = try page(name)
        for fact in facts { #expect(html.contains(fact), "\(fact)") }
    }

    @Test func `the cart link is the fragment that scripts compare byte by byte`() throws {
        #expect(try page("shared/cart_link.empty")
            == #"<a class="cart-info nav-link empty" href="/cart"><span class='glyphicon glyphicon-shopping-cart'></span> Cart: (Empty)</a>"#)
        #expect(try page("shared/cart_link") == #"""
            <a class="cart-info nav-link full" href="/cart"><span class='glyphicon glyphicon-shopping-cart'></span> Cart: (3)
              <span class='amount'>$54.97</span></a>
            """#)
    }

    @Test func `with the banner in the layout, pages without an ad fail at line 38 and the others show it once`() throws {
        let set = try StoredogViews.set(variant: "banner")
        for model in models where model.data["layout"]?["content"] != nil {
            if model.data["ad"] != nil {
                let html = try StoredogViews.render(model, in: set)
                #expect(count("<center>", in: html) == (model.data["ad"] == .null ? 0 : 1), "\(model.name)")
                continue
            }
            let error = #expect(throws: TemplateError.self, "\(model.name)") { try StoredogViews.render(model, in: set) }
            #expect(error?.location.file == "views/layouts/application.mustache" && error?.location.line == 38)
            #expect(error?.name == "ad")
        }
    }

    @Test func `every picture, style and script that a page names is in the pack`() throws {
        let assets = StoredogViews.views.appending(path: "../assets").standardizedFileURL
        let reference = /(?:src|href)="\/assets\/([^"]+)"/
        var named: Set<String> = []
        for model in models {
            for match in try StoredogViews.render(model, in: healthy).matches(of: reference) { named.insert(String(match.1)) }
        }
        #expect(named.count > 15)
        for path in named { #expect(FileManager.default.fileExists(atPath: assets.appending(path: path).path), "\(path)") }
    }

    @Test func `every field that a person fills in has a label`() throws {
        let field = /<(?:input|select)[^>]*\bid="([^"]+)"[^>]*>/
        for model in models {
            let html = try StoredogViews.render(model, in: healthy)
            for match in html.matches(of: field) {
                let tag = String(match.0)
                if tag.contains(#"type="hidden""#) || tag.contains("aria-label=") { continue }
                let isWrapped = tag.contains(#"type="radio""#)
                #expect(isWrapped || html.contains("<label for=\"\(match.1)\"") || html.contains("<label class=\"visually-hidden\" for=\"\(match.1)\""), "\(model.name): \(tag)")
            }
            for image in html.matches(of: /<img [^>]*>/) { #expect(image.0.contains(" alt=\""), "\(model.name): \(image.0)") }
        }
    }
}
