import Domain

/// What the annotations `prometheus.io/scrape` and `prometheus.io/port` ask for; nil where they ask for nothing.
enum ScrapeAnnotation: Equatable {
    /// `scrape` without `port`: whatever is declared.
    case allPorts
    case port(Port)

    init?(_ annotations: JSONValue?) {
        guard annotations?["prometheus.io/scrape"]?.text == "true" else { return nil }
        guard let text = annotations?["prometheus.io/port"]?.text else {
            self = .allPorts
            return
        }
        guard let number = UInt16(text), number > 0 else { return nil }
        self = .port(Port(number))
    }
}
