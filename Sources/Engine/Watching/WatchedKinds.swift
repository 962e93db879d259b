import Inventory
package import KubernetesClient

/// The kinds that are watched: all that learning needs.
package enum WatchedKinds {
    /// Controllers that are no part of Kubernetes, and whose objects have a selector and a pod template.
    ///
    /// A dump shows them by their form; a watch has to ask for each by its name.
    package static let customWorkloads = ["argoproj.io/Rollout", "apps.kruise.io/CloneSet"]

    /// The kinds by name.
    ///
    /// - Parameter customWorkloads: further kinds with pod templates, as group and kind.
    package static func list(customWorkloads: [String] = customWorkloads) -> [WantedKind] {
        let needed = WatchReader.kinds.map { WantedKind($0.key, isNamespaced: $0.value) }
        let custom = customWorkloads.filter { WatchReader.kinds[$0] == nil }
        return Set(needed + custom.map { WantedKind($0, isNamespaced: true) }).sorted { $0.name < $1.name }
    }
}
