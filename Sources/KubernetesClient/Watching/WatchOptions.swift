package import Domain
import FoundationEssentials

/// How objects are listed and watched; the defaults are those of client-go where it has them.
package struct WatchOptions: Sendable {
    /// Objects in a page of a listing.
    package var pageSize = 500
    /// After how many seconds a server is asked to end a watch, chosen at random each time.
    package var watchSeconds: ClosedRange<Int> = 300...600
    /// How much longer than that a watch may take before it is taken for dead.
    package var watchGrace = Duration.seconds(30)
    /// For how long the events of a new watch may be of things that happened before it.
    package var catchingUp = Duration.seconds(10)
    /// How long a listing may go without a byte, and how long a page of it may take.
    package var listStall = Duration.seconds(60)
    /// The longest time for a page.
    package var listTotal = Duration.seconds(600)
    /// How often it is asked which kinds there are.
    package var discoveryInterval = Duration.seconds(300)
    /// After how many answers without a kind its objects count as gone with it.
    package var absences = 3
    /// The largest object; etcd takes none above 1.5 MiB unless told so.
    package var largestObject = 8 << 20
    /// More objects of one kind than this are not listed.
    package var mostObjects = 500_000
    /// How many kinds are listed at the same time.
    package var parallelLists = 4
    /// How long changes wait for others, so that one transaction holds them.
    package var gathering = Duration.milliseconds(500)
    /// How many changes do not wait.
    package var mostGathered = 500
    /// How often it is told that nothing changed.
    package var heartbeat = Duration.seconds(30)
    /// The longest wait of any kind, for tests that cannot wait; nil for none.
    package var longestWait: Duration?

    /// Makes the defaults.
    package init() {}
}

/// Reads what the server sends of one resource.
package struct ObjectDecoder: Sendable {
    /// Reads an item of a listing.
    package let item: @Sendable ([UInt8]) -> ObjectItem
    /// Reads one line of a watch.
    package let event: @Sendable ([UInt8]) -> VersionedEvent

    /// Makes a decoder.
    package init(
        item: @escaping @Sendable ([UInt8]) -> ObjectItem, event: @escaping @Sendable ([UInt8]) -> VersionedEvent
    ) {
        self.item = item
        self.event = event
    }
}

/// Changes for the store, in their order, from all kinds.
package struct ObjectDelivery: Sendable {
    /// What changed; empty where it is only told that nothing did.
    package var changes: [ObjectChange] = []
    /// By kind, up to which moment its objects are known to be those that these changes lead to.
    package var knownUntil: [String: Timestamp] = [:]

    /// Makes an empty one.
    package init() {}
}

/// The world that a watch depends on.
package struct WatchEnvironment {
    /// The moment, by the machine's clock.
    package var now: () -> Timestamp
    /// A random number from 0 to 1.
    package var random: () -> Double
    /// The process' environment, for credential plugins.
    package var variables: [String: String]
    /// The `User-Agent` of requests.
    package var userAgent: String

    /// Makes an environment.
    package init(
        now: @escaping () -> Timestamp, random: @escaping () -> Double, variables: [String: String],
        userAgent: String = "leastwise"
    ) {
        self.now = now
        self.random = random
        self.variables = variables
        self.userAgent = userAgent
    }

    var date: Date { Date(timeIntervalSince1970: Double(now().rawValue) / 1e9) }
}
