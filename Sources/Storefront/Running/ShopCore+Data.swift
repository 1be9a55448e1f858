import Base
import Database

extension ShopCore {
    func restoreData() async throws {
        for database in databases { try await database.reset() }
    }

    /// Brings indexes and pool limits of the databases in line with the wiring.
    ///
    /// Indexes that the wiring sets to null are dropped, the others of the pack exist.
    func adjustDatabases() async throws {
        for service in services {
            guard let compiled = service.deployments.first?.compiled, let position = compiled.database else { continue }
            databases[position].poolLimit = compiled.connectionLimit
            for table in pack.databases[position].tables {
                for index in table.indexes where compiled.indexChanges[index.name] != nil {
                    if compiled.indexChanges[index.name] == true {
                        try await databases[position].createIndex(index.name, table: table.name, columns: index.columns)
                    } else {
                        try await databases[position].dropIndex(index.name)
                    }
                }
            }
        }
    }
}
