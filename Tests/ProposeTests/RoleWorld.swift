import AppConfiguration
import Domain
import Engine
import Foundation
import Ingest
import ScriptedServers
import Store

/// A namespace `rbac` of which the API server's log tells a hundred days, with roles that people wrote long before.
///
/// `api` has a role of its own, of which it uses a part; `worker` is bound to cluster-admin and lists jobs; `bob` has a
/// role that he never used.
struct RoleWorld {
    private let folder = Result { try TemporaryFolder() }
    private let store: Store

    static let namespace = "rbac"
    static let path = "apps/rbac/rbac.yaml"
    static let clusterPath = "cluster/admins.yaml"

    /// - Parameters:
    ///   - days: on which each account did what it does.
    ///   - created: when roles and bindings were created; nil for objects that do not say.
    ///   - objects: more objects of the cluster, as JSON.
    ///   - events: more events: the day, the user, and what it asked for.
    ///   - reasons: the authorizer's words about all requests of a user.
    init(
        days: Int = 100, created: String? = "2026-01-01T00:00:00Z", objects: [String] = [],
        events: [(day: Int, user: String, action: AccessAction)] = [], reasons: [String: String] = [:]
    ) throws {
        let folder = try folder.get()
        store = try Store(path: folder.path("leastwise.db"))
        let list =
            #"{"kind":"List","apiVersion":"v1","items":[\#((Self.objects(created) + objects).joined(separator: ","))]}"#
        try Data(list.utf8).write(to: URL(fileURLWithPath: folder.path("objects.json")))
        let cluster = ClusterName("prod")
        _ = try ObserveObjectsJob(store: store, cluster: cluster).run(
            paths: [folder.path("objects.json")], isPartial: false)
        let usual = (1...days).flatMap { day in Self.daily.map { (day, Self.account($0.name), $0.action) } }
        let lines = (usual + events.map { ($0.day, $0.user, $0.action) }).enumerated().map {
            Self.event($0.element, $0.offset, reason: reasons[$0.element.user] ?? "")
        }
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(fileURLWithPath: folder.path("audit.ndjson")))
        _ = try ObserveJob(store: store, cluster: cluster).run(
            .audit, paths: [folder.path("audit.ndjson")], defaultTime: nil
        ) { _ in }
    }

    func learn(_ settings: Settings, _ declared: RepositoryDeclarations?) throws -> LearnedCluster {
        try Session(settings: settings) { _ in store }.learn(declared)
    }

    static func account(_ name: String) -> String { "system:serviceaccount:\(namespace):\(name)" }

    static func action(_ verb: String, _ resource: String, _ name: String = "", group: String = "") -> AccessAction {
        AccessAction(verb: verb, apiGroup: group, resource: resource, namespace: Namespace(namespace), name: name)
    }

    private static let daily = [
        (name: "api", action: action("get", "configmaps", "settings")), (name: "api", action: action("list", "pods")),
        (name: "worker", action: action("list", "jobs", group: "batch")),
    ]

    /// What people wrote, as it stands in the repository.
    static let manifest = """
        # Rights of the api; ask #platform before you change them.
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          name: api
          namespace: rbac
        rules:
          # settings and credentials
          - apiGroups: [""]
            resources: [configmaps, secrets]
            verbs: [get, list, delete]
          - apiGroups: [""] # the overview
            resources: [pods]
            verbs: [list]
          # for the old console
          - apiGroups: [apps]
            resources: [deployments]
            verbs: [patch]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: api, namespace: rbac}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: api}
        subjects:
          - kind: ServiceAccount
            name: api
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: bob, namespace: rbac}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
        subjects:
          - kind: User
            name: bob
            apiGroup: rbac.authorization.k8s.io

        """

    static let clusterManifest = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata:
          name: worker-admin
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: ClusterRole
          name: cluster-admin
        subjects:
          - kind: ServiceAccount
            name: worker
            namespace: rbac

        """

    static let auditPolicy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: Metadata\n"
}

// MARK: - Objects and events

extension RoleWorld {
    private static func objects(_ created: String?) -> [String] {
        let age = created.map { #","creationTimestamp":"\#($0)""# } ?? ""
        let own = #","labels":{"kubernetes.io/bootstrapping":"rbac-defaults"}"#
        let group = #""apiVersion":"rbac.authorization.k8s.io/v1""#
        return [
            #"{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"rbac"}}"#,
            #"{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"api","namespace":"rbac","#
                + #""creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"selector":{"matchLabels":{"app":"api"}},"#
                + #""template":{"metadata":{"labels":{"app":"api"}},"spec":{"serviceAccountName":"api","#
                + #""containers":[{"name":"main"}]}}}}"#,
            #"{"kind":"ClusterRole",\#(group),"metadata":{"name":"cluster-admin"\#(own)},"rules":[{"apiGroups":["*"],"#
                + #""resources":["*"],"verbs":["*"]}]}"#,
            #"{"kind":"ClusterRole",\#(group),"metadata":{"name":"edit"\#(own)},"rules":[{"apiGroups":[""],"#
                + #""resources":["pods","secrets"],"verbs":["get","list","delete"]}]}"#,
            #"{"kind":"Role",\#(group),"metadata":{"name":"api","namespace":"rbac"\#(age)},"rules":[{"apiGroups":[""],"#
                + #""resources":["configmaps","secrets"],"verbs":["get","list","delete"]},{"apiGroups":[""],"#
                + #""resources":["pods"],"verbs":["list"]},{"apiGroups":["apps"],"resources":["deployments"],"#
                + #""verbs":["patch"]}]}"#,
            binding(
                "RoleBinding", "api", role: ("Role", "api"), age,
                #"{"kind":"ServiceAccount","name":"api","namespace":"rbac"}"#),
            binding("RoleBinding", "bob", role: ("ClusterRole", "edit"), age, #"{"kind":"User","name":"bob"}"#),
            binding(
                "ClusterRoleBinding", "worker-admin", role: ("ClusterRole", "cluster-admin"), age,
                #"{"kind":"ServiceAccount","name":"worker","namespace":"rbac"}"#),
        ]
    }

    private static func binding(
        _ kind: String, _ name: String, role: (kind: String, name: String), _ age: String, _ subject: String
    ) -> String {
        let home = kind == "RoleBinding" ? #","namespace":"rbac""# : ""
        return
            #"{"kind":"\#(kind)","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"\#(name)"\#(home)\#(age)},"#
            + #""roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"\#(role.kind)","name":"\#(role.name)"},"#
            + #""subjects":[\#(subject)]}"#
    }

    /// A CronJob that runs as the account.
    static func cronJob(_ schedule: String, account: String, created: String = "2026-01-01T00:00:00Z") -> String {
        #"{"kind":"CronJob","apiVersion":"batch/v1","metadata":{"name":"rare","namespace":"rbac","#
            + #""creationTimestamp":"\#(created)"},"spec":{"schedule":"\#(schedule)","jobTemplate":{"spec":{"template":"#
            + #"{"metadata":{"labels":{"app":"rare"}},"spec":{"serviceAccountName":"\#(account)","containers":[{"name":"main"}]}}}}}}"#
    }

    /// An event of the day, counted from the last day of July 2026.
    private static func event(
        _ request: (day: Int, user: String, action: AccessAction), _ number: Int, reason: String
    ) -> String {
        let time = Timestamp(seconds: 1_785_456_000 + Int64(request.day) * 86400)
        let action = request.action
        let groups =
            request.user.hasPrefix("system:serviceaccount:")
            ? #""system:serviceaccounts","system:serviceaccounts:rbac","system:authenticated""#
            : #""system:authenticated""#
        let name = action.name.isEmpty ? "" : #","name":"\#(action.name)""#
        return #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-\#(number)","#
            + #""stage":"ResponseComplete","requestURI":"/x","verb":"\#(action.verb)","user":{"username":"\#(request.user)","#
            + #""groups":[\#(groups)]},"userAgent":"test","objectRef":{"resource":"\#(action.resource)","#
            + #""namespace":"\#(action.namespace)","apiGroup":"\#(action.apiGroup)"\#(name)},"#
            + #""responseStatus":{"code":200},"stageTimestamp":"\#(time)","#
            + #""annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"\#(reason.replacing("\"", with: "\\\""))"}}"#
    }
}

extension Estate {
    /// One learning run of that world, with an audit policy unless it is told otherwise.
    func propose(
        _ world: RoleWorld, scope: String? = nil, dryRun: Bool = false, auditPolicy: String? = RoleWorld.auditPolicy,
        with changes: [String: String] = [:]
    ) async throws -> [ScopeResult] {
        var changes = changes
        changes["repository.path"] = "apps/{namespace}"
        if let auditPolicy { changes["rbac.auditPolicy"] = try write(auditPolicy, to: "audit-policy.yaml") }
        return try await propose(scope: scope, dryRun: dryRun, with: changes, learning: world.learn)
    }

    /// Puts people's roles into the repository.
    func commitRoles() throws {
        try git.commit(
            [RoleWorld.path: RoleWorld.manifest, RoleWorld.clusterPath: RoleWorld.clusterManifest], to: "main",
            from: "main")
    }
}
