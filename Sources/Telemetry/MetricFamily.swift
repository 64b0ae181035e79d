// All series of one metric.

import Synchronization

/// One metric with one series for each set of label values.
package final class MetricFamily<Metric: MetricValue>: Sendable {
    private let name: String
    private let kind: MetricKind
    private let help: String
    private let labels: [String]
    private let limit: Int
    private let make: @Sendable () -> Metric
    private let series: Mutex<[[String]: Metric]>

    init(
        name: String, kind: MetricKind, help: String, labels: [String], limit: Int,
        make: @escaping @Sendable () -> Metric
    ) {
        precondition(PrometheusText.isMetricName(name), "not a name of a metric: \(name)")
        precondition(labels.allSatisfy(PrometheusText.isLabelName), "not names: \(labels)")
        precondition(Set(labels).count == labels.count, "a label stands twice: \(labels)")
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
        self.limit = limit
        self.make = make
        // Without labels there is one series, which shows from the start.
        series = Mutex(labels.isEmpty ? [[]: make()] : [:])
    }

    /// The series with these label values, in the order of the labels' declaration.
    ///
    /// A look-up takes a lock; keep the result where counting is frequent. Past the limit every new
    /// set of values shares the one series whose values are all `other`.
    package subscript(values: String...) -> Metric { self[values] }

    /// The series with these label values, in the order of the labels' declaration.
    package subscript(values: [String]) -> Metric {
        precondition(values.count == labels.count, "\(name) has the labels \(labels)")
        return series.withLock { series in
            if let metric = series[values] { return metric }
            let isFull = series.count >= limit
            let key = isFull ? values.map { _ in "other" } : values
            if let metric = series[key] { return metric }
            let metric = make()
            series[key] = metric
            return metric
        }
    }

    /// Shows the series with these label values no more; whoever asks for it again begins a new one.
    package func remove(_ values: [String]) {
        series.withLock { _ = $0.removeValue(forKey: values) }
    }
}

extension MetricFamily: Renderable {
    func render(into text: inout PrometheusText) {
        let series = series.withLock { $0 }
        text.header(name: name, kind: kind, help: help)
        for (values, metric) in series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let pairs = zip(labels, values).map { (name: $0, value: $1) }
            metric.render(name: name, labels: pairs, into: &text)
        }
    }
}

/// A family of any type of metric.
protocol Renderable: Sendable {
    func render(into text: inout PrometheusText)
}

/// What one series holds.
package protocol MetricValue: Sendable {
    /// Writes the samples of the series.
    func render(
        name: String, labels: [(name: String, value: String)], into text: inout PrometheusText)
}

enum MetricKind: String, Sendable {
    case counter, gauge, histogram
}
