import Base
import HTTP
import Testing

@testable import Proving

/// What clients of the original rely on, byte by byte.
@Suite struct BoutiqueWireTests {
    private static let shoe = """
        {
          "description": "T\\u00eanis para corrida",
          "id": 1,
          "image_url": "https://upload.wikimedia.org/wikipedia/en/7/7b/Addison_Rae_-_Addison.png",
          "name": "T\\u00eanis Esportivo",
          "price": 199.9,
          "stock": 200000
        }

        """
    private static func message(_ text: String) -> String { "{\n  \"message\": \"\(text)\"\n}\n" }
    private static func error(_ text: String) -> String { "{\n  \"error\": \"\(text)\"\n}\n" }
    private static func page(_ title: String, _ heading: String, _ text: String) -> String {
        "<!doctype html>\n<html lang=en>\n<title>\(title)</title>\n<h1>\(heading)</h1>\n<p>\(text)</p>\n"
    }
    private static let nowhere = page(
        "404 Not Found", "Not Found",
        "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.")

    @Test func `a product is the original's document`() throws {
        try Boutique.visit { customer in
            let answer = try await customer.get("/products/1")
            #expect(answer.text == Self.shoe)
            #expect(answer.headers["Content-Type"] == "application/json")
            #expect(answer.headers["Server"] == "Werkzeug/3.1.9 Python/3.11.7")
        }
        #expect(Self.nowhere.utf8.count == 207)
    }

    /// Method, path, body, status, text: of somebody who is logged in and has nothing in the cart.
    static let exchanges: [(String, String, String?, Int, String)] = [
        ("POST", "/auth/register", #"{"email":"ana@loja.br","password":"x"}"#, 400, error("Usu\\u00e1rio j\\u00e1 existe")),
        ("POST", "/auth/register", #"{"email":"b@loja.br","password":""}"#, 400, error("Email e senha s\\u00e3o obrigat\\u00f3rios")),
        ("POST", "/auth/register", #"{"email":"b@loja.br","password":"x"}"#, 201, message("Usu\\u00e1rio Criado com sucesso")),
        ("POST", "/auth/login", #"{"email":"ana@loja.br","password":"falso"}"#, 401, error("Credenciais inv\\u00e1lidas")),
        ("GET", "/auth/user", nil, 200, "{\n  \"email\": \"ana@loja.br\"\n}\n"),
        ("GET", "/products/99", nil, 404, error("Produto n\\u00e3o encontrado")),
        ("GET", "/cart/", nil, 200, "[]\n"),
        ("POST", "/cart/", #"{"product_id":1}"#, 201, message("Item adicionado ao carrinho")),
        ("POST", "/cart/", #"{"product_id":"2","quantity":3}"#, 201, message("Item adicionado ao carrinho")),
        ("POST", "/cart/", #"{"product_id":99}"#, 404, error("Produto n\\u00e3o encontrado")),
        ("POST", "/cart/", #"{"product_id":1,"quantity":0}"#, 400, error("Quantidade inv\\u00e1lida")),
        ("POST", "/cart/", #"{"product_id":1,"quantity":200001}"#, 409, error("Estoque insuficiente")),
        (
            "POST", "/cart/", #"{"quantity":1}"#, 503,
            "{\n  \"details\": \"Expecting value: line 1 column 1 (char 0)\",\n  \"error\": \"Erro de comunica\\u00e7\\u00e3o com o servi\\u00e7o de produtos\"\n}\n"
        ),
        ("DELETE", "/cart/99", nil, 404, error("Item n\\u00e3o encontrado")),
        ("POST", "/cart/clear", "{}", 400, error("user_id \\u00e9 obrigat\\u00f3rio")),
        ("POST", "/cart/clear", #"{"user_id":1}"#, 200, message("Carrinho limpo com sucesso")),
        ("POST", "/cart/clear", #"{"user_id":2}"#, 403, error("Acesso negado")),
        ("POST", "/checkout/", nil, 400, error("Carrinho vazio")),
        ("POST", "/payment/charge", #"{"order_id":99}"#, 500, error("Falha ao atualizar o status do pedido")),
        ("GET", "/orders/", nil, 200, "[]\n"),
        ("DELETE", "/orders/99", nil, 404, error("Pedido n\\u00e3o encontrado")),
        ("POST", "/auth/logout", nil, 200, message("Logout realizado com sucesso")),
        ("GET", "/nope", nil, 404, nowhere), ("GET", "/cart/abc", nil, 404, nowhere), ("GET", "/auth/user/", nil, 404, nowhere), ("PUT", "/products", nil, 404, nowhere),
        ("PUT", "/products/", nil, 405, page("405 Method Not Allowed", "Method Not Allowed", "The method is not allowed for the requested URL.")),
        (
            "POST", "/cart/", "{x", 400,
            page("400 Bad Request", "Bad Request", "Failed to decode JSON object: Expecting value: line 1 column 1 (char 0)")
        ),
    ]

    @Test(arguments: exchanges) func `an exchange goes as in the original`(method: String, path: String, body: String?, status: Int, text: String) throws {
        try Boutique.visit { customer in
            try await customer.logIn()
            let answer = try await customer.send(method, path, body)
            #expect(answer.status == status)
            #expect(answer.text == text)
        }
    }

    @Test(arguments: [("GET", "/cart/"), ("POST", "/cart/"), ("DELETE", "/cart/1"), ("POST", "/checkout/"), ("POST", "/payment/charge"), ("GET", "/orders/"), ("DELETE", "/orders/1")])
    func `strangers are sent away`(method: String, path: String) throws {
        try Boutique.visit { customer in
            let answer = try await customer.send(method, path, method == "POST" ? "{}" : nil)
            #expect(answer.status == 401)
            #expect(answer.text == Self.error("Usu\\u00e1rio n\\u00e3o autenticado"))
        }
    }

    @Test func `a body of another type is refused`() throws {
        try Boutique.visit { customer in
            let answer = try await customer.send("POST", "/auth/login", headers: ["Content-Type": "text/plain"], "{}")
            #expect(answer.status == 415)
            #expect(answer.text.contains("the request Content-Type was not &#39;application/json&#39;."))
            #expect(answer.text.utf8.count == 215)
        }
    }

    @Test func `a session cookie is Flask's, also one that Flask has made`() throws {
        try Boutique.visit { customer in
            try await customer.logIn()
            let parts = (customer.cookie ?? "").split(separator: ".")
            #expect(parts.count == 3)
            #expect(parts.first == "session=eyJ1c2VyX2lkIjoxfQ")
            // Made with Flask 3.1.3 and the secret "secret_key" at the moment when proofs begin.
            customer.cookie = "session=eyJ1c2VyX2lkIjoxfQ.aVZhwA.wOo3DIo8ISWOEWorZfttehUMgS0"
            #expect(try await customer.get("/auth/user").text.contains("ana@loja.br"))
            #expect(try await customer.get("/cart/").status == 200)
            let farewell = try await customer.send("POST", "/auth/logout")
            #expect(farewell.headers["Set-Cookie"] == "session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/")
            customer.cookie = "session=eyJ1c2VyX2lkIjoyfQ.aVZhwA.wOo3DIo8ISWOEWorZfttehUMgS0"
            #expect(try await customer.get("/auth/user").text == "null\n")
        }
    }

    @Test(arguments: [("/products", "/products/"), ("/products?a=1", "/products/?a=1")]) func `a missing slash is added`(path: String, place: String) throws {
        try Boutique.visit { customer in
            let answer = try await customer.send("GET", path, headers: ["Host": "loja"])
            #expect(answer.status == 308)
            #expect(answer.headers["Location"] == "http://loja\(place)")
            #expect(answer.text.contains("<p>You should be redirected automatically to the target URL: <a href=\"http://loja\(place)\">http://loja\(place)</a>."))
        }
    }

    @Test func `scripts of other origins are let in, but not to the payment`() throws {
        try Boutique.visit { customer in
            let headers: Headers = ["Origin": "http://outro", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"]
            let preflight = try await customer.send("OPTIONS", "/cart/", headers: headers)
            #expect(preflight.status == 200)
            #expect(preflight.headers["Access-Control-Allow-Origin"] == "http://outro")
            #expect(preflight.headers["Access-Control-Allow-Methods"] == "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT")
            #expect(preflight.headers["Access-Control-Allow-Headers"] == "content-type")
            let refusal = try await customer.send("GET", "/cart/", headers: ["Origin": "http://outro"])
            #expect(refusal.headers["Access-Control-Allow-Credentials"] == "true")
            #expect(try await customer.send("POST", "/payment/charge", to: "payment", headers: ["Origin": "http://outro"], "{}").headers["Access-Control-Allow-Origin"] == nil)
            #expect(try await customer.get("/products/").headers["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test func `what cannot be reached is told with the words of the client library`() throws {
        try Boutique.visit { customer in
            try await customer.bench.shop.with { core in
                let wiring = try core.source(of: "orders").replacing("\"port\": 5002,", with: "\"port\": 5002, \"reachable\": false,")
                try await core.deploy(try JSONNode.parse(Array(wiring.utf8), file: "orders.json"), to: "orders")
            }
            try await customer.logIn()
            let answer = try await customer.get("/orders/")
            #expect(answer.status == 503)
            #expect(answer.json["error"]?.text == "Não foi possível conectar ao serviço de pedidos")
            #expect(
                answer.json["details"]?.text
                    == #"HTTPConnectionPool(host='orders', port=5002): Max retries exceeded with url: /orders/?user_id=1 (Caused by NewConnectionError("HTTPConnection(host='orders', port=5002): Failed to establish a new connection: [Errno 111] Connection refused"))"#)
        }
    }
}
