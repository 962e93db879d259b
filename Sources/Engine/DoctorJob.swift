package import AppConfiguration
import Domain
import Forge
import Foundation
import GitWriter
import HTTPTransport
import Layout
import Store

/// Looks at everything that a run needs, and says what is wrong and how to mend it.
package struct DoctorJob {
    private let settings: Settings

    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// One finding.
    package struct Finding: Sendable {
        package let subject: String
        package let state: State
        package let text: String
        /// The next step, where something is wrong.
        package let hint: String?

        /// How a finding is to be taken.
        package enum State: String, Sendable {
            case good = "ok"
            case note = "note"
            case bad = "WRONG"
        }
    }

    /// Looks at configuration, store, templates, layout, audit policy, service, repository and forge, in this order. Nothing is changed.
    package func run() async -> [Finding] {
        var findings = [Finding(subject: "configuration", state: .good, text: "cluster \(settings.cluster)", hint: nil)]
        findings += store()
        findings.append(
            check("templates") {
                _ = try TemplateSet(overrides: settings.templates); return "readable"
            })
        findings.append(check("layout") { try Placement(pattern: settings.repository.path).pattern })
        if settings.proposals.proposesAccess, settings.access.removals { findings.append(auditPolicy()) }
        findings += service(settings.server)
        findings.append(repository())
        findings.append(await forge())
        return findings
    }

    private func store() -> [Finding] {
        do {
            let path = try StorePath.resolve(settings.database)
            guard FileManager.default.fileExists(atPath: path) else {
                return [
                    Finding(
                        subject: "store", state: .note, text: "\(path) is not there yet",
                        hint: "`leastwise observe` makes it")
                ]
            }
            let store = try Store.readOnly(path: path)
            try store.integrityCheck()
            let numbers = try store.statistics()
            let clusters = try store.clusters()
            let text =
                "\(path), schema \(numbers.schemaVersion), \(numbers.bytes >> 10) KiB, "
                + "\(numbers.connectionEdges) connection edges, \(numbers.accessEdges) access edges, \(numbers.objects) objects"
            var findings = [Finding(subject: "store", state: .good, text: text, hint: nil)]
            if !clusters.contains(settings.cluster) {
                findings.append(
                    Finding(
                        subject: "store", state: .note, text: "nothing was observed in cluster \(settings.cluster)",
                        hint: clusters.isEmpty
                            ? "run `leastwise observe` first"
                            : "it holds \(clusters.map(\.rawValue).joined(separator: ", ")): set cluster to one of them"
                    ))
            } else if numbers.objects == 0 {
                findings.append(
                    Finding(
                        subject: "store", state: .note,
                        text: "no cluster objects: Services and labels cannot be resolved",
                        hint: "run `leastwise observe objects` on the output of kubectl get ... -A -o json"))
            }
            return findings
        } catch { return [Self.wrong("store", error)] }
    }

    private func auditPolicy() -> Finding {
        guard settings.access.auditPolicy != nil else {
            return Finding(
                subject: "audit policy", state: .note, text: "none: no unused right is proposed for removal",
                hint: "set rbac.auditPolicy to the file that the API server gets as --audit-policy-file")
        }
        return check("audit policy") { "\(try settings.access.readAuditPolicy()?.rules.count ?? 0) rules" }
    }

    private func repository() -> Finding {
        guard settings.repository.url != nil else {
            return Finding(
                subject: "repository", state: .note, text: "none is configured", hint: "set repository.url to propose")
        }
        return check("repository") {
            let repository = try Connections(settings).repository()
            let heads = try repository.remoteHeads()
            guard let head = heads.commit(of: settings.repository.base) else {
                throw EngineError(
                    code: .missingSetting, message: "there is no branch '\(settings.repository.base)'",
                    hint: "set repository.base" + (heads.defaultBranch.map { "; the default branch is \($0)" } ?? ""))
            }
            let own = heads.branches.filter { $0.name.hasPrefix(settings.proposals.branchPrefix) }.count
            return "\(settings.repository.base) is at \(head.hex.prefix(12)), \(own) branches of ours"
        }
    }

    private func forge() async -> Finding {
        do {
            guard let forge = try Connections(settings).forge() else {
                return Finding(
                    subject: "forge", state: .note, text: "none: branches are pushed, and pull requests' texts printed",
                    hint: nil)
            }
            let access = try await forge.checkAccess()
            guard access.missingRights.isEmpty else {
                return Finding(
                    subject: "forge", state: .bad,
                    text: "the token lacks: \(access.missingRights.joined(separator: ", ")) on \(access.repository)",
                    hint: "give it these rights")
            }
            return Finding(
                subject: "forge", state: .good,
                text: "\(access.repository)\(access.account.map { " as \($0)" } ?? "")", hint: nil)
        } catch { return Self.wrong("forge", error) }
    }

    func check(_ subject: String, _ work: () throws -> String) -> Finding {
        do {
            return Finding(subject: subject, state: .good, text: try work(), hint: nil)
        } catch { return Self.wrong(subject, error) }
    }

    private static func wrong(_ subject: String, _ error: any Error) -> Finding {
        let parts: (String, String?) =
            switch error {
            case let error as ConfigurationError: (error.message, error.hint)
            case let error as EngineError: (error.message, error.hint)
            case let error as StoreError: (error.message, error.hint)
            case let error as GitError: (error.message, error.hint)
            case let error as ForgeError: (error.message, error.hint)
            case let error as HTTPError: (error.message, error.hint)
            case let error as LayoutError: (error.message, error.hint)
            default: ("\(error)", nil)
            }
        return Finding(subject: subject, state: .bad, text: parts.0, hint: parts.1)
    }
}
