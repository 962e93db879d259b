import HTTPTransport
import Testing

@testable import Server

@Suite struct MetricFamilyTests {
    private func parsed(_ families: MetricFamily...) throws -> PrometheusText {
        var text = ""
        for family in families { family.render(into: &text) }
        return try PrometheusText(text)
    }

    @Test func `a family renders its numbers sorted by their labels`() {
        let family = MetricFamily(.counter, "a_total", "What.", labels: ["x", "y"])
        family.add(2, "b", "1")
        family.add(0.5, "a", "2")
        family.add(1, "b", "1")
        var text = ""
        family.render(into: &text)
        #expect(
            text == """
                # HELP a_total What.
                # TYPE a_total counter
                a_total{x="a",y="2"} 0.5
                a_total{x="b",y="1"} 3

                """)
    }

    @Test(arguments: ["plain", "", "\"", "\\", "\n", "a\\\"\n}", "{x=\"1\"} 5\nforged 1", "ü", "\r", "\u{0}", "\\n"])
    func `a label's value is read back as it was, whatever it holds`(value: String) throws {
        let family = MetricFamily(.counter, "a_total", "What.", labels: ["x"])
        family.add(3, value)
        let samples = try parsed(family).samples
        #expect(samples.count == 1)
        #expect(samples.first?.labels["x"]?.unicodeScalars.elementsEqual(value.unicodeScalars) == true)
        #expect(samples.first?.value == 3)
    }

    @Test(arguments: [0, -1, 0.1, 1e15, 1e300, -1e-300, .infinity, -.infinity])
    func `a number is read back as it was`(number: Double) throws {
        let family = MetricFamily(.gauge, "a", "What.")
        family.set(number)
        #expect(try parsed(family).samples.map(\.value) == [number])
    }

    @Test func `no number is no crash`() throws {
        let family = MetricFamily(.gauge, "a", "What.")
        family.set(.nan)
        #expect(try parsed(family).samples.first?.value.isNaN == true)
    }

    @Test func `a histogram's buckets hold all that is not larger`() throws {
        let family = MetricFamily(.histogram, "a_seconds", "What.", buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { family.observe(value) }
        let samples = try parsed(family).samples
        #expect(
            samples.map(\.name) == [
                "a_seconds_bucket", "a_seconds_bucket", "a_seconds_bucket", "a_seconds_sum", "a_seconds_count",
            ])
        #expect(samples.prefix(3).map { $0.labels["le"] } == ["0.1", "1", "+Inf"])
        #expect(samples.map(\.value) == [2, 3, 4, 7.65, 4])
    }

    @Test func `values from outside cannot make a family grow without end`() throws {
        let counter = MetricFamily(.counter, "a_total", "What.", labels: ["x"])
        for number in 0..<5000 { counter.add(1, "\(number)") }
        let samples = try parsed(counter).samples
        #expect(samples.count == 1001)
        #expect(samples.reduce(0) { $0 + $1.value } == 5000)
        #expect(counter.value("other") == 4000)
    }

    @Test func `all that the service counts can be read, also after much was counted`() async throws {
        let service = try await RunningService.start()
        _ = try await service.post("hubble", Flow.lines(0..<3) + "junk\n")
        _ = try await service.send("GET", "/none")
        let text = try PrometheusText(try await service.send("GET", "/metrics").text)
        #expect(text.types.count >= 20)
        #expect(text.types.keys.allSatisfy { $0.hasPrefix("leastwise_") })
        #expect(text.samples.contains { $0.name == "leastwise_records_total" && $0.value == 3 })
        try await service.stop()
    }
}
