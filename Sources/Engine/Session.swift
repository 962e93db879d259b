package import AppConfiguration
import Domain
import NetworkLearner
import RBACLearner
package import Store

/// One run of the program: its settings, its store, and the jobs on them.
package struct Session {
    package let settings: Settings
    package let store: Store

    /// Opens the store that the settings name.
    package init(settings: Settings, store open: (Settings) throws -> Store) throws {
        self.settings = settings
        store = try open(settings)
    }

    /// Learns from what the store holds of the configured cluster.
    ///
    /// - Parameter declared: what the repository has at its base; nil where none is read. It decides by which labels
    ///   workloads can be told apart, and whether ports are written by name.
    package func learn(_ declared: RepositoryDeclarations? = nil) throws -> LearnedCluster {
        try LearningJob(
            store: store, cluster: settings.cluster, options: LearningOptions(settings), declared: declared
        ).run()
    }
}

extension LearningOptions {
    /// The learners' options as configured.
    package init(_ settings: Settings) {
        let learning = settings.learning
        self.init(network: .init(), access: .init(), maturity: learning.maturity)
        network.maturity = learning.maturity
        network.nodeRanges = learning.nodeRanges
        network.apiServerRanges = learning.apiServerRanges
        network.clusterRanges = learning.clusterRanges
        network.burst.windowSeconds = Double(learning.burstWindowSeconds)
        network.burst.minimumTargets = learning.burstMinimumTargets
        network.burst.refusedShare = Double(learning.burstRefusedPercent) / 100
        network.take(settings.network)
        access.namesThreshold = settings.access.namesThreshold
        access.excludedSubjects = settings.access.excludedSubjects
        access.bundles = settings.access.bundles
    }
}

extension NetworkLearningOptions {
    fileprivate mutating func take(_ settings: Settings.Network) {
        profile = settings.profile
        writtenAs = settings.dialect
        metadata = settings.metadataAccess == .allow ? .allow : .hold
        ports.writesRanges = settings.portRanges
        ports.dynamicThreshold = settings.dynamicPortThreshold
        outside.unseenAddresses = Double(settings.outsideUnseenAddresses)
        outside.minimumShare = Double(settings.outsideSeenPercent) / 100
        outside.minimumAddresses = settings.outsideMinimumAddresses
        outside.widestIPv4 = settings.outsideWidestIPv4
        outside.widestIPv6 = settings.outsideWidestIPv6
    }
}
