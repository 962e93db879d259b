import AppConfiguration
import Synchronization

/// The settings, which a reload exchanges.
final class SettingsBox: Sendable {
    private let value: Mutex<Settings>
    private let load: @Sendable () throws -> Settings

    /// - Parameter load: reads the settings anew.
    init(_ settings: Settings, load: @escaping @Sendable () throws -> Settings) {
        value = Mutex(settings)
        self.load = load
    }

    var current: Settings { value.withLock { $0 } }

    /// Reads the settings anew; returns the sections that changed and take a restart. Throws, and keeps what it has, where
    /// they are wrong.
    func reload() throws -> [String] {
        let new = try load()
        return value.withLock { current in
            defer { current = new }
            var fixed: [String] = []
            if current.server != new.server { fixed.append("server") }
            if current.sources != new.sources { fixed.append("follow, relay and kubernetes") }
            if current.database != new.database { fixed.append("database") }
            if current.cluster != new.cluster { fixed.append("cluster") }
            return fixed
        }
    }
}
