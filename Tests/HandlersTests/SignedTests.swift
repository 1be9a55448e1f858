import Base
import HTTP
import ShopTesting
import Storefront
import Testing

/// The texts were made with itsdangerous 2.2.0 and Flask 3.1.3, its clock at `startOfTests` (1769846400) unless a name says otherwise.
struct SignedTests {
    private static let mine = "eyJ1c2VyX2lkIjoxfQ.aX22gA._2f5dTT2vp7Fx6XxdchiNUdVXkE"

    @Test(arguments: [
        (#""value": { "user_id": 1 }, "key": "secret_key""#, mine),
        (#""value": { "user_id": 42, "note": "Olá" }, "key": "secret_key""#, "eyJub3RlIjoiT2xcdTAwZTEiLCJ1c2VyX2lkIjo0Mn0.aX22gA.kjh1FTxMfPbN7EQP46r6V8wdzZA"),
        (#""value": { "user_id": 1 }, "key": "{'an' + 'other'}""#, "eyJ1c2VyX2lkIjoxfQ.aX22gA.J9oKWxvlBpDJIR8LotDFdmclj58"),
        (#""value": { "user_id": 1 }, "key": "secret_key", "salt": "other""#, "eyJ1c2VyX2lkIjoxfQ.aX22gA.fIHeMLd__V6clA1BFvZADpBuxWs"),
    ])
    func `a value is signed as Flask signs it`(options: String, text: String) throws {
        #expect(try answer(TestPack(steps: #"{ "step": "t", "do": "signed.write", \#(options) }, { "do": "respond", "text": "{t}" }"#)) == text)
    }

    @Test(arguments: [
        (mine, "", #"{"user_id":1}"#),
        ("eyJub3RlIjoiT2xcdTAwZTEiLCJ1c2VyX2lkIjo0Mn0.aX22gA.kjh1FTxMfPbN7EQP46r6V8wdzZA", "", #"{"note":"Olá","user_id":42}"#),
        // 31 days old, and a second older.
        ("eyJ1c2VyX2lkIjoxfQ.aVTYAA.pmfAtMXzAo-x1nGmmq8SNz6Fmj8", "", #"{"user_id":1}"#),
        ("eyJ1c2VyX2lkIjoxfQ.aVTX_w.RWKuNTGviVzqaKJwJSR7G28VkyM", "", "null"),
        ("eyJ1c2VyX2lkIjoxfQ.aVTX_w.RWKuNTGviVzqaKJwJSR7G28VkyM", #", "maxAgeSeconds": 2678401"#, #"{"user_id":1}"#),
        // From the next second.
        ("eyJ1c2VyX2lkIjoxfQ.aX22gQ.6l4a0TT_FrOLaaMM3a7LT2fwk94", "", "null"),
        // Of another key, of another salt.
        ("eyJ1c2VyX2lkIjoxfQ.aX22gA.J9oKWxvlBpDJIR8LotDFdmclj58", "", "null"),
        ("eyJ1c2VyX2lkIjoxfQ.aX22gA.fIHeMLd__V6clA1BFvZADpBuxWs", "", "null"),
        ("eyJ1c2VyX2lkIjoxfQ.aX22gA.fIHeMLd__V6clA1BFvZADpBuxWs", #", "salt": "other""#, #"{"user_id":1}"#),
        // Another payload, another time, cut, and what is no signed text at all.
        ("eyJ1c2VyX2lkIjoyfQ.aX22gA._2f5dTT2vp7Fx6XxdchiNUdVXkE", "", "null"), ("eyJ1c2VyX2lkIjoxfQ.aX22gB._2f5dTT2vp7Fx6XxdchiNUdVXkE", "", "null"),
        ("eyJ1c2VyX2lkIjoxfQ.aX22gA._2f5dTT2vp7Fx6XxdchiNUdVXk", "", "null"), ("eyJ1c2VyX2lkIjoxfQ.aX22gA", "", "null"), ("", "", "null"), ("..", "", "null"),
    ])
    func `a text is read when it is genuine and of age`(text: String, options: String, value: String) throws {
        let steps = #"{ "step": "v", "do": "signed.read", "text": "request.cookie.session", "key": "secret_key"\#(options) }, { "do": "respond", "json": "{v}" }"#
        let found = try withShop(TestPack(steps: steps)) { shop in await shop.get("/", headers: ["Cookie": "session=\(text)"]).text }
        #expect(found == value)
    }

    @Test func `nothing to read is nothing`() throws {
        let steps = #"{ "step": "v", "do": "signed.read", "text": "request.cookie.session", "key": "secret_key" }, { "do": "respond", "json": "{v}" }"#
        #expect(try answer(TestPack(steps: steps)) == "null")
    }

    @Test func `a secret that changes from request to request is taken as it is each time`() throws {
        let steps = #"{ "step": "t", "do": "signed.write", "value": { "user_id": 1 }, "key": "{request.header.k}" }, { "do": "respond", "text": "{t}" }"#
        let texts = try withShop(TestPack(steps: steps)) { shop in
            var texts: [String] = []
            for key in ["secret_key", "another", "secret_key", "secret_key"] { texts.append(await shop.get("/", headers: ["k": key]).text) }
            return texts
        }
        #expect(texts == [Self.mine, "eyJ1c2VyX2lkIjoxfQ.aX22gA.J9oKWxvlBpDJIR8LotDFdmclj58", Self.mine, Self.mine])
    }
}
