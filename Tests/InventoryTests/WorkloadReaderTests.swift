import Domain
import Testing

@testable import Inventory

@Suite struct WorkloadReaderTests {
    private typealias Cluster = TestCluster

    @Test func `reads ports, probes and scrape annotations of a template`() throws {
        let container =
            #","ports":[{"name":"web","containerPort":8080},{"name":"dns","containerPort":53,"protocol":"UDP"}],"#
            + #""livenessProbe":{"httpGet":{"port":"web"}},"readinessProbe":{"tcpSocket":{"port":9000}},"#
            + #""startupProbe":{"grpc":{"port":5000}}"#
        let inventory = Cluster.inventory(
            Cluster.object(
                "apps/v1", "Deployment", "web", metadata: #""creationTimestamp":"2026-11-01T00:00:00Z""#,
                #""spec":{"replicas":0,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":"#
                    + #"{"app":"web","tier":"front"},"annotations":{"prometheus.io/scrape":"true","#
                    + #""prometheus.io/port":"9102"}},"spec":{"serviceAccountName":"web","hostNetwork":true,"#
                    + #""containers":[{"name":"c"\#(container)}],"initContainers":[{"name":"proxy","restartPolicy":"#
                    + #""Always","ports":[{"containerPort":15090,"protocol":"TCP"}]}]}}}"#))
        let workload = try #require(inventory.workloads.first)
        #expect(workload.selector == LabelSelector(matchLabels: ["app": "web"]))
        #expect(workload.templateLabels == ["app": "web", "tier": "front"])
        #expect(workload.ports.map(\.number.rawValue) == [53, 8080, 15090])
        #expect(workload.ports.map(\.protocol) == [.udp, .tcp, .tcp])
        #expect(workload.probePorts == [Port(8080), Port(9000), Port(5000)])
        #expect(workload.scrapePorts == [Port(9102)])
        #expect(workload.hostNetwork)
        #expect(workload.serviceAccount == "web")
        #expect(workload.created == Timestamp("2026-11-01T00:00:00Z"))
    }

    @Test func `reads a CronJob from its job template`() throws {
        let inventory = Cluster.inventory(
            Cluster.object(
                "batch/v1", "CronJob", "report",
                #""spec":{"schedule":"0 2 1 * *","jobTemplate":{"spec":{"template":{"metadata":{"labels":{"app":"#
                    + #""report"}},"spec":{"containers":[{}]}}}}}"#))
        let workload = try #require(inventory.workloads.first)
        #expect(workload.schedule == "0 2 1 * *")
        #expect(!workload.isSuspended)
        #expect(workload.selector == nil)
        #expect(workload.templateLabels == ["app": "report"])
        #expect(workload.serviceAccount == "default")
    }

    @Test(arguments: [("true", true), ("false", false), ("null", false), (#""true""#, false)])
    func `knows a suspended CronJob`(value: String, expected: Bool) throws {
        let inventory = Cluster.inventory(
            Cluster.object(
                "batch/v1", "CronJob", "report",
                #""spec":{"schedule":"@daily","suspend":\#(value),"#
                    + #""jobTemplate":{"spec":{"template":{"spec":{"containers":[{}]}}}}}"#))
        #expect(try #require(inventory.workloads.first).isSuspended == expected)
    }

    @Test func `gives a Job no selector where it is generated`() throws {
        let labels = #"{"job-name":"once","batch.kubernetes.io/controller-uid":"u"}"#
        let inventory = Cluster.inventory(
            Cluster.object(
                "batch/v1", "Job", "once",
                #""spec":{"selector":{"matchLabels":{"batch.kubernetes.io/controller-uid":"u"}},"#
                    + #""template":{"metadata":{"labels":\#(labels)},"spec":{"containers":[{}]}}}"#))
        let workload = try #require(inventory.workloads.first)
        #expect(workload.selector == nil)
        #expect(workload.templateLabels.count == 2)
    }

    @Test(arguments: [("v1", "ReplicationController"), ("apps.openshift.io/v1", "DeploymentConfig")])
    func `reads plain selectors`(apiVersion: String, kind: String) {
        let inventory = Cluster.inventory(
            Cluster.object(
                apiVersion, kind, "web",
                #""spec":{"selector":{"app":"web"},"template":{"spec":{"containers":[{}]}}}"#))
        #expect(inventory.workloads.map(\.selector) == [LabelSelector(matchLabels: ["app": "web"])])
    }

    @Test func `never gives a workload a selector that matches every pod`() {
        let inventory = Cluster.inventory(
            Cluster.object(
                "apps/v1", "Deployment", "web", #""spec":{"selector":{},"template":{"spec":{"containers":[{}]}}}"#))
        #expect(inventory.workloads.map(\.selector) == [nil])
    }

    @Test(arguments: [
        #","ports":[{"containerPort":0}]"#, #","ports":[{"containerPort":70000}]"#,
        #","ports":[{"containerPort":"80"}]"#, #","ports":[{"containerPort":80,"protocol":"ICMPv4"}]"#,
        #","ports":[{}]"#, #","livenessProbe":{"httpGet":{"port":"a b"}}"#,
    ])
    func `leaves out a workload with an impossible port, with a note`(container: String) {
        let (inventory, notes) = Cluster.build([
            Cluster.workload("Deployment", "web", container: container), Cluster.workload("Deployment", "api"),
        ])
        #expect(inventory.workloads.map(\.id.name) == ["api"])
        #expect(notes.map(\.object) == ["apps/Deployment shop/web"])
    }
}
