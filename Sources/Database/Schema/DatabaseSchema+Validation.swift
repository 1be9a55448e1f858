import Base

extension DatabaseSchema {
    /// All mistakes, as messages for the pack's author; empty when the schema can be built.
    public func problems() -> [String] {
        var problems = repeated(tables.map(\.name)).map { "table \"\($0)\" is declared twice" }
        problems += repeated(indexes.map(\.name)).map { "index \"\($0)\" is declared twice" }
        for table in tables { problems += self.problems(in: table) }
        for index in indexes { problems += self.problems(in: index) }
        return problems
    }

    private func repeated(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { !seen.insert($0).inserted }
    }

    /// PostgreSQL folds unquoted names to lower case and SQLite ignores case: only lower-case names mean the same on both.
    private func problem(inName name: String, of what: String) -> String? {
        let isPlain = name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
        let startsWell = name.utf8.first.map { !(48...57).contains($0) } ?? false
        let isReserved = name.hasPrefix("sqlite_") || name.hasPrefix("pg_")
        guard !(isPlain && startsWell && !isReserved && name.utf8.count <= 48) else { return nil }
        return "\(what) \"\(name)\": names are 1 to 48 of a-z, 0-9 and _, start with no digit, and not with sqlite_ or pg_"
    }

    private func problems(in table: Table) -> [String] {
        let place = "table \"\(table.name)\""
        var problems = [problem(inName: table.name, of: "table")].compactMap(\.self)
        if table.columns.isEmpty { problems.append("\(place) has no columns") }
        problems += repeated(table.columns.map(\.name)).map { "\(place) declares column \"\($0)\" twice" }
        if table.columns.count(where: \.isPrimaryKey) > 1 { problems.append("\(place) has more than one primary key") }
        for column in table.columns { problems += self.problems(in: column, of: table) }
        return problems
    }

    private func problems(in column: Column, of table: Table) -> [String] {
        let place = "column \"\(table.name).\(column.name)\""
        var problems = [problem(inName: column.name, of: "column")].compactMap(\.self)
        if column.isPrimaryKey && column.type != .integer && column.type != .text {
            problems.append("\(place) is a primary key and must be integer or text")
        }
        if let value = column.defaultValue, !column.type.holds(value) {
            problems.append("\(place) has a default that is not \(column.type.rawValue)")
        }
        guard let name = column.references else { return problems }
        guard let target = self.table(named: name) else {
            return problems + ["\(place) references unknown table \"\(name)\"" + suggestion(for: name, among: tables.map(\.name))]
        }
        guard let key = target.primaryKey else { return problems + ["\(place) references \"\(name)\", which has no primary key"] }
        if key.type != column.type {
            problems.append("\(place) is \(column.type.rawValue) but references \"\(name).\(key.name)\", which is \(key.type.rawValue)")
        }
        return problems
    }

    private func problems(in index: Index) -> [String] {
        let place = "index \"\(index.name)\""
        var problems = [problem(inName: index.name, of: "index")].compactMap(\.self)
        if table(named: index.name) != nil { problems.append("\(place) has the name of a table") }
        if index.columns.isEmpty { problems.append("\(place) has no columns") }
        guard let table = table(named: index.table) else {
            return problems + ["\(place) is on unknown table \"\(index.table)\"" + suggestion(for: index.table, among: tables.map(\.name))]
        }
        let known = table.columns.map(\.name)
        for column in index.columns where !known.contains(column) {
            problems.append("\(place) names unknown column \"\(index.table).\(column)\"" + suggestion(for: column, among: known))
        }
        return problems
    }
}

extension DatabaseSchema.ColumnType {
    /// Whether both engines store the value in such a column without changing what it means.
    func holds(_ value: Value) -> Bool {
        switch (self, value) {
        case (.integer, .int), (.real, .double), (.real, .int), (.text, .string), (.boolean, .bool), (.blob, .bytes): true
        case (.boolean, .int(let number)): number == 0 || number == 1
        case (.text, .list), (.text, .record): true
        default: false
        }
    }
}
