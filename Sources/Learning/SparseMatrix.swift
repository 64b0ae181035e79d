// Rows of which most elements are zero.

/// Examples by features: each row holds the columns that are not zero, with their values.
///
/// A column may occur in a row more than once; its values then add up.
package struct SparseMatrix: Sendable {
    private var starts = [0]
    private var allColumns: [UInt32] = []
    private var allValues: [Float] = []

    package init() {}

    package var rowCount: Int { starts.count - 1 }

    /// Adds a row; `columns` and `values` are as long as each other.
    package mutating func append(columns: Span<UInt32>, values: Span<Float>) {
        precondition(columns.count == values.count)
        for i in columns.indices {
            allColumns.append(columns[i])
            allValues.append(values[i])
        }
        starts.append(allColumns.count)
    }

    /// The columns of a row that are not zero.
    @_lifetime(borrow self)
    package func columns(ofRow row: Int) -> Span<UInt32> {
        allColumns.span.extracting(starts[row]..<starts[row + 1])
    }

    /// The values in `columns(ofRow:)`.
    @_lifetime(borrow self)
    package func values(ofRow row: Int) -> Span<Float> {
        allValues.span.extracting(starts[row]..<starts[row + 1])
    }
}
