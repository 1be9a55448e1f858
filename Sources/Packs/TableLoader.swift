import Base

/// Reads `data/tables.json` and the rows beside it.
struct TableLoader {
    let files: PackFiles
    let diagnostics: Diagnostics

    func load(document: (String) -> JSONNode?) -> [Pack.DatabaseDefinition] {
        guard files.contents["data/tables.json"] != nil, let node = document("data/tables.json") else { return [] }
        _ = diagnostics.members(of: node, pointer: "", known: ["$schema", "databases"])
        guard let databases = node["databases"] else { return [] }
        var definitions = diagnostics.members(of: databases, pointer: "/databases").map { member in
            let pointer = "/databases/" + member.name.pointerToken
            diagnostics.checkName(member.name, at: member.nameLocation, pointer: pointer)
            _ = diagnostics.members(of: member.value, pointer: pointer, known: ["shared", "tables"])
            let tables = member.value["tables"].map { loadTables($0, pointer: pointer + "/tables") } ?? []
            return Pack.DatabaseDefinition(
                name: member.name, isShared: diagnostics.boolean("shared", in: member.value, pointer: pointer) ?? false, tables: tables)
        }
        var places: [String: [JSONNode]] = [:]
        for path in files.paths(under: "data", suffix: ".json") where path != "data/tables.json" {
            if let rows = document(path) { addRows(rows, to: &definitions, places: &places) }
        }
        for definition in definitions { RowChecker(tables: definition.tables, places: places, diagnostics: diagnostics).check() }
        return definitions
    }

    private func loadTables(_ node: JSONNode, pointer: String) -> [Pack.Table] {
        let members = diagnostics.members(of: node, pointer: pointer)
        let names = members.map(\.name)
        return members.map { member in
            let pointer = pointer + "/" + member.name.pointerToken
            _ = diagnostics.members(of: member.value, pointer: pointer, known: ["columns", "indexes"])
            let columns = diagnostics.value("columns", in: member.value, pointer: pointer, required: true).map { node in
                diagnostics.members(of: node, pointer: pointer + "/columns").map { loadColumn($0, pointer: pointer + "/columns", tables: names) }
            }
            let indexes = (member.value["indexes"].map { diagnostics.members(of: $0, pointer: pointer + "/indexes") } ?? []).map {
                ($0.name, indexColumns($0.value, pointer: pointer + "/indexes/" + $0.name.pointerToken, table: member.name, columns: columns ?? []))
            }
            return Pack.Table(name: member.name, columns: columns ?? [], indexes: indexes, rows: [], rowColumns: [])
        }
    }

    private func loadColumn(_ member: JSONNode.Member, pointer: String, tables: [String]) -> Pack.Column {
        let pointer = pointer + "/" + member.name.pointerToken
        let kinds = Pack.Column.Kind.allCases.map(\.rawValue)
        var column = Pack.Column(name: member.name, kind: .text, isNullable: false, isUnique: false, references: nil)
        let kindNode: JSONNode?
        if member.value.string != nil {
            kindNode = member.value
        } else {
            _ = diagnostics.members(of: member.value, pointer: pointer, known: ["type", "nullable", "unique", "references"])
            column.isNullable = diagnostics.boolean("nullable", in: member.value, pointer: pointer) ?? false
            column.isUnique = diagnostics.boolean("unique", in: member.value, pointer: pointer) ?? false
            column.references = diagnostics.string("references", in: member.value, pointer: pointer)
            if let table = column.references {
                column.kind = .integer
                if !tables.contains(table) {
                    diagnostics.report("no table is named \"\(table)\"" + suggestion(for: table, among: tables), at: member.value["references"]!.location, pointer: pointer + "/references")
                }
            }
            kindNode = member.value["type"]
        }
        if let kindNode {
            guard let text = kindNode.string else { return diagnostics.wrong(kindNode, "the name of a column type", pointer) ?? column }
            if let kind = Pack.Column.Kind(rawValue: text) {
                column.kind = kind
            } else {
                diagnostics.report("no column type is named \"\(text)\"" + suggestion(for: text, among: kinds), at: kindNode.location, pointer: pointer)
            }
        }
        return column
    }

    /// Accepts `"table(a, b)"` or `["a", "b"]`.
    private func indexColumns(_ node: JSONNode, pointer: String, table: String, columns: [Pack.Column]) -> [String] {
        var names = node.array?.compactMap(\.string) ?? []
        if let text = node.string {
            let inner = text.split(separator: "(", maxSplits: 1).last ?? ""
            names = inner.prefix { $0 != ")" }.split(separator: ",").map { $0.split(separator: " ").joined() }
        }
        for name in names where !columns.contains(where: { $0.name == name }) {
            diagnostics.report("the table \"\(table)\" has no column \"\(name)\"" + suggestion(for: name, among: columns.map(\.name)), at: node.location, pointer: pointer)
        }
        if names.isEmpty { diagnostics.report("an index needs columns: \"\(table)(column)\"", at: node.location, pointer: pointer) }
        return names
    }

    private func addRows(_ node: JSONNode, to databases: inout [Pack.DatabaseDefinition], places: inout [String: [JSONNode]]) {
        _ = diagnostics.members(of: node, pointer: "", known: ["$schema", "table", "columns", "rows"])
        guard let table = diagnostics.string("table", in: node, pointer: "", required: true) else { return }
        let columns = diagnostics.strings("columns", in: node, pointer: "", required: true)
        let all = databases.flatMap { $0.tables.map(\.name) }
        for index in databases.indices {
            guard let position = databases[index].tables.firstIndex(where: { $0.name == table }) else { continue }
            let definition = databases[index].tables[position]
            if places[table] != nil {
                diagnostics.report("another file already holds the rows of \"\(table)\"", at: node["table"]!.location, pointer: "/table")
                return
            }
            for (number, name) in columns.enumerated() where !definition.columns.contains(where: { $0.name == name }) {
                diagnostics.report(
                    "the table \"\(table)\" has no column \"\(name)\"" + suggestion(for: name, among: definition.columns.map(\.name)),
                    at: node["columns"]!.array![number].location, pointer: "/columns/\(number)")
            }
            for (number, name) in columns.enumerated() where columns[..<number].contains(name) {
                diagnostics.report("the column \"\(name)\" stands twice", at: node["columns"]!.array![number].location, pointer: "/columns/\(number)")
            }
            let rows = rows(node, columns: columns)
            databases[index].tables[position].rowColumns = columns
            databases[index].tables[position].rows = rows.map { $0.array!.map(\.value) }
            places[table] = rows
            return
        }
        diagnostics.report("no table is named \"\(table)\"" + suggestion(for: table, among: all), at: node["table"]!.location, pointer: "/table")
    }

    private func rows(_ node: JSONNode, columns: [String]) -> [JSONNode] {
        guard let rows = diagnostics.value("rows", in: node, pointer: "", required: true) else { return [] }
        guard let elements = rows.array else { return diagnostics.wrong(rows, "a list of rows", "/rows") ?? [] }
        return elements.enumerated().compactMap { index, row in
            guard let cells = row.array, cells.count == columns.count else {
                diagnostics.report("a row needs \(columns.count) values, one for each column; this one has \(row.array?.count ?? 0)", at: row.location, pointer: "/rows/\(index)")
                return nil
            }
            return row
        }
    }
}
