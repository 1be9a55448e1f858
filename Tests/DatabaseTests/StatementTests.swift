import Testing

@testable import Database

@Suite struct StatementTests {
    @Test func `each name is one parameter however often it is used`() throws {
        let statement = try Statement(parsing: "SELECT :b, :a, :b FROM t WHERE x = :a;")
        #expect(statement.parameters == ["b", "a"])
        #expect(statement.text(for: .sqlite) == "SELECT ?1, ?2, ?1 FROM t WHERE x = ?2")
        #expect(statement.text(for: .postgres) == "SELECT $1, $2, $1 FROM t WHERE x = $2")
        #expect(statement.traceText == "SELECT ?, ?, ? FROM t WHERE x = ?")
        #expect(statement.sql == "SELECT :b, :a, :b FROM t WHERE x = :a")
    }

    @Test(arguments: [
        "SELECT ':no' FROM t", "SELECT \":no\" FROM t", "SELECT 'it''s :no'", "SELECT 1 -- :no\n", "SELECT /* :no ; ? */ 1", "SELECT x::text FROM t",
        "SELECT '?' , '$1'", "SELECT a$1 FROM t", "SELECT é FROM t",
    ])
    func `what only looks like a parameter stays text`(sql: String) throws {
        let statement = try Statement(parsing: sql)
        #expect(statement.parameters.isEmpty)
        #expect(statement.traceText == sql.trimmingSuffix())
    }

    @Test func `literals stay in traces`() throws {
        #expect(try Statement(parsing: "SELECT * FROM t WHERE a = 'x' AND b = :b LIMIT 3").traceText == "SELECT * FROM t WHERE a = 'x' AND b = ? LIMIT 3")
    }

    @Test(arguments: [
        ("", StatementError.empty), (" -- nothing\n", .empty), ("SELECT 'a", .unterminatedQuote(offset: 7)),
        ("SELECT 1 /* x", .unterminatedComment(offset: 9)), ("SELECT ?", .positionalParameter(offset: 7)),
        ("SELECT $1", .positionalParameter(offset: 7)), ("SELECT 1; SELECT 2", .severalStatements(offset: 9)),
    ])
    func `mistakes are reported with their place`(sql: String, error: StatementError) {
        #expect(throws: error) { try Statement(parsing: sql) }
    }

    @Test(arguments: ["FOR UPDATE", "for update", "FOR SHARE", "FOR UPDATE SKIP LOCKED", "FOR  UPDATE NOWAIT"])
    func `a row lock is for PostgreSQL only`(clause: String) throws {
        let statement = try Statement(parsing: "SELECT n FROM t WHERE id = :id \(clause)")
        #expect(statement.text(for: .sqlite) == "SELECT n FROM t WHERE id = ?1")
        #expect(statement.text(for: .postgres) == "SELECT n FROM t WHERE id = $1 \(clause)")
    }

    @Test func `a literal that ends like a row lock stays`() throws {
        #expect(try Statement(parsing: "SELECT 'FOR UPDATE'").text(for: .sqlite) == "SELECT 'FOR UPDATE'")
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String {
        var copy = self
        while copy.last?.isWhitespace == true { copy.removeLast() }
        return copy
    }

    @Test(arguments: [
        ("SELECT a FROM products WHERE id = :id", "SELECT", "products"), ("select count(*) from\n  orders", "SELECT", "orders"),
        ("INSERT INTO lines (a) VALUES (:a) RETURNING id", "INSERT", "lines"), ("UPDATE items SET a = 1 WHERE b = 2", "UPDATE", "items"),
        ("DELETE FROM lines WHERE id = 1", "DELETE", "lines"), ("ALTER TABLE discount RENAME COLUMN a TO b", "ALTER", "discount"), ("SELECT 1", "SELECT", ""),
        ("WITH RECURSIVE line (id) AS (SELECT taxons.id FROM taxons UNION ALL SELECT 1) SELECT id FROM line", "SELECT", "taxons"),
        ("WITH gone AS (SELECT 1) DELETE FROM lines", "DELETE", "lines"), ("SELECT a FROM (SELECT b FROM inner_table) AS x", "SELECT", "inner_table"),
        ("SELECT id FROM products FOR UPDATE", "SELECT", "products"),
    ])
    func `a statement is summed up by what it does and the first table it names`(sql: String, operation: String, table: String) throws {
        let statement = try Statement(parsing: sql)
        #expect(statement.operation == operation)
        #expect(statement.table == table)
    }
}
