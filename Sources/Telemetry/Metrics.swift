// The counters, gauges and histograms of a server, by name.

import Synchronization

/// Holds the metrics of one server and writes them down for Prometheus.
///
/// A metric is declared once, with its help text, when the server is built; a second declaration of
/// its name is a mistake of ours. Who counts keeps the `Counter` that it got and never looks it up.
package final class Metrics: Sendable {
    private struct Declarations {
        var names: Set<String> = []
        var families: [any Renderable] = []
    }

    private let seriesLimit: Int
    private let declarations = Mutex(Declarations())

    /// - Parameter seriesLimit: a family has at most so many label sets; what comes after is
    ///   counted under `other`, so that no peer can fill the memory with made-up labels.
    package init(seriesLimit: Int = 100) {
        precondition(seriesLimit > 0)
        self.seriesLimit = seriesLimit
    }

    /// Declares a counter; a `limit` of label sets is for families that have many by right.
    package func counter(
        _ name: String, help: String, labels: [String] = [], limit: Int? = nil
    ) -> MetricFamily<Counter> {
        declare(name, .counter, help: help, labels: labels, limit) { Counter() }
    }

    package func gauge(
        _ name: String, help: String, labels: [String] = [], limit: Int? = nil
    ) -> MetricFamily<Gauge> {
        declare(name, .gauge, help: help, labels: labels, limit) { Gauge() }
    }

    /// Declares a histogram; `bounds` are those of its buckets, ascending, without the infinite one.
    package func histogram(
        _ name: String, help: String, labels: [String] = [],
        bounds: [Double] = Histogram.latencyBounds, limit: Int? = nil
    ) -> MetricFamily<Histogram> {
        precondition(!labels.contains("le"), "the buckets bear this label")
        return declare(name, .histogram, help: help, labels: labels, limit) {
            Histogram(bounds: bounds)
        }
    }

    /// The text of all metrics, in the order of their declaration.
    ///
    /// Source: Prometheus, "Exposition formats", text-based format, version 0.0.4.
    package func render() -> [UInt8] {
        let families = declarations.withLock { $0.families }
        var text = PrometheusText()
        for family in families { family.render(into: &text) }
        return text.bytes
    }

    /// What `render` writes, as a media type.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private func declare<Metric: MetricValue>(
        _ name: String, _ kind: MetricKind, help: String, labels: [String], _ limit: Int?,
        make: @escaping @Sendable () -> Metric
    ) -> MetricFamily<Metric> {
        let family = MetricFamily(
            name: name, kind: kind, help: help, labels: labels, limit: limit ?? seriesLimit,
            make: make)
        declarations.withLock { declarations in
            precondition(declarations.names.insert(name).inserted, "\(name) is declared twice")
            declarations.families.append(family)
        }
        return family
    }
}
