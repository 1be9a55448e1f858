import Base
import Database

extension ShopCore {
    /// Puts the seeded rows back into all databases.
    public func restoreData() async throws {
        for database in databases { try await database.reset() }
        droppedIndexes = []
    }

    /// Brings the databases' indexes in line with the wiring, and gives back connections that a wiring before this one has lost.
    func adjustDatabases() async throws {
        for database in databases { database.restorePermits() }
        for service in services {
            guard let compiled = service.deployments.first?.compiled, let position = compiled.database else { continue }
            for table in pack.databases[position].tables {
                for index in table.indexes {
                    let mustExist = compiled.indexChanges[index.name] ?? true
                    let isThere = !droppedIndexes.contains(index.name)
                    if mustExist, !isThere {
                        try await databases[position].createIndex(DatabaseSchema.Index(index.name, on: table.name, index.columns))
                        droppedIndexes.remove(index.name)
                    } else if !mustExist, isThere {
                        try await databases[position].dropIndex(named: index.name)
                        droppedIndexes.insert(index.name)
                    }
                }
            }
        }
    }
}
