import AppConfiguration
import Domain
import Engine
import Testing

/// What the pod may do, and whether it and its configuration mean the same.
@Suite(.enabled(if: Rendering.available == Rendering.allCases, "run `make setup-deploy-tools` for kubectl and helm"))
struct PodTests {
    private func settings(_ objects: Objects) throws -> Settings {
        let file = try ConfigurationFile(parsing: objects.configuration, name: "leastwise.yaml")
        return try Settings(ResolvedConfiguration(flags: [:], environment: [:], file: file))
    }

    /// The pod security standard `restricted` (Kubernetes documentation, "Pod Security Standards"), and more.
    @Test(arguments: Rendering.allCases)
    func `it can do nothing that it does not need`(rendering: Rendering) throws {
        let pod = try rendering.objects().pod
        for key in ["hostNetwork", "hostPID", "hostIPC", "initContainers", "ephemeralContainers"] {
            #expect(!pod[key].isThere, "\(key)")
        }
        #expect(pod[path: "securityContext", "runAsNonRoot"].flag == true)
        #expect(pod[path: "securityContext", "runAsUser"].number ?? 0 > 0)
        #expect(pod[path: "securityContext", "seccompProfile", "type"].text == "RuntimeDefault")
        #expect(pod["containers"].list.count == 1)
        for container in pod["containers"].list {
            let security = container["securityContext"]
            #expect(security["readOnlyRootFilesystem"].flag == true)
            #expect(security["allowPrivilegeEscalation"].flag == false)
            #expect(security["privileged"].flag == false)
            #expect(security[path: "capabilities", "drop"].texts == ["ALL"])
            #expect(!security[path: "capabilities", "add"].isThere)
            #expect(container[path: "resources", "limits", "memory"].isThere)
        }
        let kinds = pod["volumes"].list.map { $0.keys.subtracting(["name"]) }
        #expect(kinds.allSatisfy { $0.isSubset(of: ["configMap", "secret", "emptyDir"]) })
        #expect(pod["enableServiceLinks"].flag == false)
    }

    @Test(arguments: Rendering.allCases)
    func `only the pod gets the account's token, and the account may only look`(rendering: Rendering) throws {
        let objects = try rendering.objects()
        #expect(objects["ServiceAccount"]["automountServiceAccountToken"].flag == false)
        #expect(objects.pod["automountServiceAccountToken"].flag == true)
        let verbs = Set(objects["ClusterRole"]["rules"].list.flatMap { $0["verbs"].texts })
        #expect(verbs == ["get", "list", "watch"])
    }

    @Test(arguments: Rendering.allCases)
    func `its configuration is one that the program takes`(rendering: Rendering) throws {
        let objects = try rendering.objects()
        let settings = try settings(objects)
        #expect(settings.server.usesTLS)
        #expect(!settings.server.isLoopback)
        #expect(settings.sources.watch == .inCluster)
        #expect(objects.container["args"].texts == ["serve", "--config", "/etc/leastwise/config/leastwise.yaml"])
    }

    @Test(arguments: Rendering.allCases)
    func `every port is the one that the program listens at`(rendering: Rendering) throws {
        let objects = try rendering.objects()
        let port = try settings(objects).server.port
        let own = objects.container["ports"].named("https")
        #expect(own["containerPort"].number == port)
        let service = objects["Service"][path: "spec", "ports"].named("https")
        #expect(service["port"].number == port)
        #expect(service["targetPort"].text == "https")
        let rules = objects["NetworkPolicy"][path: "spec", "ingress"].list
        #expect(rules.count == 3)
        #expect(rules.allSatisfy { $0["ports"].list.map { $0["port"].number } == [port] })
    }

    @Test(arguments: Rendering.allCases)
    func `probes ask over TLS, and only readiness depends on the store`(rendering: Rendering) throws {
        let container = try rendering.objects().container
        let paths = ["startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"]
        for (probe, path) in paths {
            let get = container[path: probe, "httpGet"]
            #expect(get["path"].text == path)
            #expect(get["scheme"].text == "HTTPS")
            #expect(get["port"].text == "https")
        }
    }

    @Test func `without a certificate, probes and ports say so`() throws {
        let server = "{\"certificateFile\":null,\"keyFile\":null,\"plainHTTP\":true}"
        let objects = try Rendering.helm.objects(values: ["config.server=\(server)"])
        #expect(try !settings(objects).server.usesTLS)
        #expect(objects.container[path: "livenessProbe", "httpGet", "scheme"].text == "HTTP")
        #expect(objects.container["ports"].named("http").isThere)
        #expect(objects["Service"][path: "spec", "ports"].named("http")["targetPort"].text == "http")
        #expect(objects.pod["volumes"].named("tls")[path: "secret", "optional"].flag == true)
    }

    /// `IngestService` gives the last commit 30 seconds after the drain; killed before, it would lose nothing that was
    /// acknowledged, but make its senders send again.
    @Test(arguments: Rendering.allCases)
    func `the pod has time to stop`(rendering: Rendering) throws {
        let objects = try rendering.objects()
        let grace = try #require(objects.pod["terminationGracePeriodSeconds"].number)
        #expect(.seconds(grace) > (try settings(objects)).server.drainTimeout + .seconds(30))
    }

    @Test func `a longer drain gets a longer time to stop`() throws {
        let objects = try Rendering.helm.objects(values: ["config.server.drainSeconds=100"])
        #expect(objects.pod["terminationGracePeriodSeconds"].number == 135)
    }

    @Test(arguments: Rendering.allCases)
    func `every path that is read or written is mounted`(rendering: Rendering) throws {
        let objects = try rendering.objects()
        let settings = try settings(objects)
        let mounts = objects.container["volumeMounts"].list
        func mount(of path: String?) -> Fields? {
            mounts.first { path?.hasPrefix(($0["mountPath"].text ?? "-") + "/") == true }
        }
        #expect(mount(of: settings.database)?["name"].text == "store")
        #expect(mount(of: settings.database)?["readOnly"].flag == nil)
        #expect(mount(of: settings.server.sendersFile)?["name"].text == "senders")
        #expect(mount(of: settings.server.certificateFile)?["name"].text == "tls")
        #expect(mount(of: settings.server.keyFile)?["name"].text == "tls")
        let cache = objects.container["env"].named("XDG_CACHE_HOME")["value"].text
        #expect(mount(of: cache.map { $0 + "/leastwise/x" })?["name"].text == "cache")
        #expect(mount(of: "/tmp/x")?["name"].text == "tmp")
        // A file that is mounted by itself never changes: neither certificates nor senders could be exchanged.
        #expect(mounts.allSatisfy { !$0["subPath"].isThere })
        let names = Set(objects.pod["volumes"].list.compactMap { $0["name"].text }).union(["store"])
        #expect(Set(mounts.compactMap { $0["name"].text }) == names)
    }

    @Test(arguments: Rendering.allCases)
    func `there is never more than one, and its volume outlives it and has room`(rendering: Rendering) throws {
        let objects = try rendering.objects()
        let spec = objects["StatefulSet"]["spec"]
        #expect(spec["replicas"].number == 1)
        #expect(spec[path: "persistentVolumeClaimRetentionPolicy", "whenDeleted"].text == "Retain")
        let claim = try #require(spec["volumeClaimTemplates"].list.first)
        #expect(claim[path: "spec", "accessModes"].texts == ["ReadWriteOnce"])
        let size = claim[path: "spec", "resources", "requests", "storage"].text
        let bytes = try #require(size.flatMap { Int64($0.dropLast(2)) }) << 30
        #expect(size?.hasSuffix("Gi") == true)
        #expect(bytes * 2 >= (try settings(objects)).upkeep.maximumStoreBytes * 3)
    }

    @Test(arguments: Rendering.allCases)
    func `the image has the program's version`(rendering: Rendering) throws {
        let image = try #require(try rendering.objects().container["image"].text)
        #expect(image.hasSuffix(":\(ProgramVersion.text)"))
    }
}
