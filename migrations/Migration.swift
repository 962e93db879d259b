/// One numbered file of the top-level `migrations` folder, embedded so that an installed binary works anywhere.
///
/// A released file never changes; a new one is added here, in `Package.swift` and in the folder.
package struct Migration: Sendable {
    /// From 1, without gaps: the schema's version once this file is applied.
    package let version: Int
    /// The file's name without its ending.
    package let name: String
    /// The SQL text, UTF-8.
    package let sql: [UInt8]

    package init(version: Int, name: String, sql: [UInt8]) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    /// All migrations in ascending order.
    package static let all = [
        Migration(version: 1, name: "v0001_observations", sql: PackageResources.v0001_observations_sql),
        Migration(version: 2, name: "v0002_hours", sql: PackageResources.v0002_hours_sql),
        Migration(version: 3, name: "v0003_callers", sql: PackageResources.v0003_callers_sql),
        Migration(version: 4, name: "v0004_create_names", sql: PackageResources.v0004_create_names_sql),
        Migration(version: 5, name: "v0005_service", sql: PackageResources.v0005_service_sql),
    ]
}
