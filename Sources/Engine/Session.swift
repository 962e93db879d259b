package import Configuration
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
    package func learn() throws -> LearnedCluster {
        try LearningJob(store: store, cluster: settings.cluster, options: LearningOptions(settings.learning)).run()
    }
}

extension LearningOptions {
    /// The learners' options as configured.
    package init(_ settings: Settings.Learning) {
        self.init(network: .init(), access: .init(), maturity: settings.maturity)
        network.maturity = settings.maturity
        network.nodeRanges = settings.nodeRanges
        network.apiServerRanges = settings.apiServerRanges
        network.clusterRanges = settings.clusterRanges
        network.burst.windowSeconds = Double(settings.burstWindowSeconds)
        network.burst.minimumTargets = settings.burstMinimumTargets
        network.burst.refusedShare = Double(settings.burstRefusedPercent) / 100
        access.namesThreshold = settings.namesThreshold
    }
}
