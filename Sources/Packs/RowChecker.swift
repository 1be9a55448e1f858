import Base

/// Compares the seed rows of one database with its tables, so that a mistake is shown at its cell and not by the engine's words.
struct RowChecker {
    let tables: [Pack.Table]
    /// The rows as written, by table.
    let places: [String: [JSONNode]]
    let diagnostics: Diagnostics

    func check() {
        let keys = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, Set(column("id", of: $0).map { $0.value.text })) })
        for table in tables where places[table.name] != nil {
            checkKinds(table)
            checkIdentifiers(table)
            for column in table.columns { checkReferences(column, table, keys) }
        }
    }

    private func column(_ name: String, of table: Pack.Table) -> [JSONNode] {
        guard let index = table.rowColumns.firstIndex(of: name) else { return [] }
        return (places[table.name] ?? []).map { $0.array![index] }
    }

    private func checkKinds(_ table: Pack.Table) {
        for column in table.columns {
            for cell in self.column(column.name, of: table) where !accepts(column, cell) {
                diagnostics.report("the column \"\(column.name)\" holds \(Self.words(column)), not \(cell.kindName)", at: cell.location)
            }
        }
    }

    private func accepts(_ column: Pack.Column, _ cell: JSONNode) -> Bool {
        switch (column.kind, cell.content) {
        case (_, .null): column.isNullable
        case (.id, .int), (.integer, .int), (.real, .int), (.real, .double), (.boolean, .bool), (.text, .string), (.blob, .string): true
        default: false
        }
    }

    private static func words(_ column: Pack.Column) -> String {
        let words =
            switch column.kind {
            case .id, .integer: "whole numbers"
            case .real: "numbers"
            case .text, .blob: "text"
            case .boolean: "true or false"
            }
        return column.isNullable ? words + " or null" : words
    }

    private func checkIdentifiers(_ table: Pack.Table) {
        for name in table.columns.filter({ $0.kind == .id || $0.isUnique }).map(\.name) {
            var seen: Set<String> = []
            for cell in column(name, of: table) where !cell.isNull && !seen.insert(cell.value.text).inserted {
                diagnostics.report("the \(name) \(cell.value.json()) stands twice in \"\(table.name)\"", at: cell.location)
            }
        }
    }

    private func checkReferences(_ column: Pack.Column, _ table: Pack.Table, _ keys: [String: Set<String>]) {
        guard let target = column.references, let known = keys[target] else { return }
        for cell in self.column(column.name, of: table) where !cell.isNull && !known.contains(cell.value.text) {
            diagnostics.report("\"\(target)\" has no row with the id \(cell.value.json())", at: cell.location)
        }
    }
}
