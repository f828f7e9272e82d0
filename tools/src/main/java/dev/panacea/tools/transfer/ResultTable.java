package dev.panacea.tools.transfer;

import dev.panacea.ace.metric.Runs;
import dev.panacea.ace.transfer.TransferResult;
import dev.panacea.nn.Spelling;
import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs side by side, as in the paper's Table 1: methods by rows, those of one backbone together, and tasks by columns.
 *
 * @param rows in the order in which they were found, by backbone
 * @param columns by the kind of task, then as they were found, then by how much they were trained on
 * @param cells what came of the runs; a method need not have been tried on all tasks
 */
record ResultTable(List<Row> rows, List<Column> columns, Map<Row, Map<Column, Cell>> cells) {
    /** Differences that chance makes more often than this are not significant. */
    static final double LEVEL = 0.05;

    /** Weights that runs began with. */
    record Row(String model, String method) {}

    /** What runs were asked. */
    record Column(String kind, String task, String split, int examples, String number, boolean lowerIsBetter) {}

    /**
     * What came of the runs of a row on a task.
     *
     * @param runs a number of each
     * @param seeds theirs
     * @param rank 1 for the best of a column, 2 for the second of three and more, else 0
     * @param pValue that it is as good as the best; NaN for the best, and where a test needs more runs
     */
    record Cell(Runs runs, Set<Long> seeds, int rank, double pValue) {
        boolean known() {
            return !Double.isNaN(runs.mean());
        }

        /** Whether no significant difference from the best was found, though looked for. */
        boolean alike() {
            return pValue >= LEVEL;
        }
    }

    /**
     * Gathers runs that differ in their seeds alone.
     *
     * @param found the runs, all of which have the number
     * @param number the number that the table is about, or null for the ones that runs are reported by
     * @throws DataException if two runs are the same in all but their place
     */
    static ResultTable of(List<FoundResult> found, String number) {
        refuseTwins(found);
        Map<Row, Map<Column, List<FoundResult>>> runs = new LinkedHashMap<>();
        Set<Column> columns = new LinkedHashSet<>();
        for (FoundResult one : found) {
            columns.add(one.column(number));
            runs.computeIfAbsent(one.row(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(one.column(number), _ -> new ArrayList<>()).add(one);
        }
        List<String> tasks = columns.stream().map(Column::task).distinct().toList();
        List<Column> sorted = columns.stream().sorted(
                Comparator.comparing((Column column) -> TransferResult.KINDS.indexOf(column.kind()))
                        .thenComparing(column -> tasks.indexOf(column.task())).thenComparing(Column::split)
                        .thenComparing(Column::examples)).toList();
        List<String> models = runs.keySet().stream().map(Row::model).distinct().toList();
        List<Row> rows = runs.keySet().stream().sorted(Comparator.comparing(row -> models.indexOf(row.model())))
                .toList();
        Map<Row, Map<Column, Cell>> cells = new HashMap<>();
        rows.forEach(row -> cells.put(row, new HashMap<>()));
        for (Column column : sorted) {
            Map<Row, Cell> unranked = new LinkedHashMap<>();
            rows.stream().filter(row -> runs.get(row).containsKey(column))
                    .forEach(row -> unranked.put(row, cell(runs.get(row).get(column), column)));
            unranked.forEach((row, cell) -> cells.get(row).put(column, ranked(cell, unranked.values(), column)));
        }
        return new ResultTable(rows, sorted, cells);
    }

    private static void refuseTwins(List<FoundResult> found) {
        Map<String, FoundResult> before = new HashMap<>();
        for (FoundResult one : found) {
            FoundResult twin = before.putIfAbsent(one.name(), one);
            if (twin != null) {
                throw new DataException("table: " + twin.file() + " and " + one.file() + " are the same run: "
                        + DataException.shown(one.name()) + " (leave one out)");
            }
        }
    }

    /**
     * Those that have a number.
     *
     * @throws DataException if none has
     */
    static List<FoundResult> having(List<FoundResult> found, String number) {
        List<FoundResult> having = found.stream().filter(one -> one.result().numbers().containsKey(number)).toList();
        if (having.isEmpty()) {
            String nearest = found.stream().flatMap(one -> one.result().numbers().keySet().stream()).distinct()
                    .min(Comparator.comparing(known -> Spelling.distance(number, known))).orElseThrow();
            throw new DataException("table: no run has a number " + DataException.shown(number) + " (did you mean "
                    + DataException.shown(nearest) + "?)");
        }
        return having;
    }

    private static Cell cell(List<FoundResult> runs, Column column) {
        Set<Long> seeds = new TreeSet<>();
        runs.forEach(run -> seeds.add(run.result().seed()));
        return new Cell(new Runs(runs.stream().mapToDouble(run -> run.result().numbers().get(column.number()).value())
                .toArray()), seeds, 0, Double.NaN);
    }

    private static Cell ranked(Cell cell, Collection<Cell> column, Column of) {
        Comparator<Cell> byMean = Comparator.comparing(one -> one.runs().mean());
        List<Cell> known = column.stream().filter(Cell::known)
                .sorted(of.lowerIsBetter() ? byMean : byMean.reversed()).toList();
        if (!cell.known() || known.size() < 2) {
            return cell;
        }
        double[] means = known.stream().mapToDouble(one -> one.runs().mean()).distinct().toArray();
        int rank = cell.runs().mean() == means[0] ? 1
                : known.size() > 2 && cell.runs().mean() == means[1] ? 2 : 0;
        return new Cell(cell.runs(), cell.seeds(), rank,
                rank == 1 ? Double.NaN : known.getFirst().runs().pValue(cell.runs()));
    }

    Cell cell(Row row, Column column) {
        return cells.get(row).get(column);
    }

    List<Cell> all() {
        return rows.stream().flatMap(row -> columns.stream().filter(cells.get(row)::containsKey)
                .map(cells.get(row)::get)).toList();
    }
}
