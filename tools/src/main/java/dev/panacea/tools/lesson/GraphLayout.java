package dev.panacea.tools.lesson;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Places boxes in rows so that arrows point down: each box one row below the lowest that it reads, long arrows led
 * through places of their own, rows sorted by the mean place of their neighbours (Sugiyama's method).
 */
final class GraphLayout {
    private static final double GAP = 28;
    private static final double ROW_GAP = 48;
    private static final int SWEEPS = 24;

    /** A box, or a bend of an arrow. */
    private static final class Place {
        final double width;
        final double height;
        final List<Place> above = new ArrayList<>();
        final List<Place> below = new ArrayList<>();
        int row;
        double x;
        double y;

        Place(double width, double height) {
            this.width = width;
            this.height = height;
        }
    }

    private final List<Place> boxes = new ArrayList<>();
    private final List<List<Place>> ways = new ArrayList<>(); // of each arrow, with both ends
    private final List<List<Place>> rows = new ArrayList<>();

    /** Sizes [width, height] of the boxes, and the arrows between them. */
    GraphLayout(List<double[]> sizes, List<StepGraph.Arrow> arrows) {
        sizes.forEach(size -> boxes.add(new Place(size[0], size[1])));
        assignRows(arrows);
        boxes.forEach(this::put);
        arrows.forEach(this::lead);
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            sort(sweep % 2 == 0);
        }
        placeRows();
    }

    private void assignRows(List<StepGraph.Arrow> arrows) {
        List<StepGraph.Arrow> down = withoutCycles(arrows);
        boolean moved = true;
        while (moved) {
            moved = false;
            for (StepGraph.Arrow arrow : down) {
                int least = boxes.get(arrow.from()).row + 1;
                if (boxes.get(arrow.to()).row < least) {
                    boxes.get(arrow.to()).row = least;
                    moved = true;
                }
            }
        }
        for (int i = 0; i < boxes.size(); i++) { // what only gives stands right above who takes it
            int box = i;
            if (arrows.stream().noneMatch(arrow -> arrow.to() == box)) {
                boxes.get(i).row = arrows.stream().filter(arrow -> arrow.from() == box)
                        .mapToInt(arrow -> boxes.get(arrow.to()).row - 1).min().orElse(0);
            }
        }
    }

    /** A tape has no cycles, but groups of its ops can have. */
    private static List<StepGraph.Arrow> withoutCycles(List<StepGraph.Arrow> arrows) {
        List<StepGraph.Arrow> kept = new ArrayList<>();
        for (StepGraph.Arrow arrow : arrows) {
            Set<Integer> reached = new HashSet<>(Set.of(arrow.to()));
            while (kept.stream().filter(other -> reached.contains(other.from()))
                    .map(other -> reached.add(other.to())).toList().contains(true)) {
                // goes on while there is more to reach
            }
            if (!reached.contains(arrow.from())) {
                kept.add(arrow);
            }
        }
        return kept;
    }

    private void put(Place place) {
        while (rows.size() <= place.row) {
            rows.add(new ArrayList<>());
        }
        rows.get(place.row).add(place);
    }

    private void lead(StepGraph.Arrow arrow) {
        Place to = boxes.get(arrow.to());
        Place at = boxes.get(arrow.from());
        List<Place> way = new ArrayList<>(List.of(at));
        for (int row = at.row + 1; row < to.row; row++) {
            Place bend = new Place(8, 0);
            bend.row = row;
            put(bend);
            join(at, bend);
            way.add(bend);
            at = bend;
        }
        join(at, to);
        way.add(to);
        ways.add(way);
    }

    private static void join(Place upper, Place lower) {
        upper.below.add(lower);
        lower.above.add(upper);
    }

    /** Sorts each row by where the neighbours in the row before stand. */
    private void sort(boolean down) {
        for (int k = 0; k < rows.size(); k++) {
            List<Place> row = rows.get(down ? k : rows.size() - 1 - k);
            spread(row);
            for (Place place : row) {
                List<Place> near = down ? place.above : place.below;
                place.x = near.isEmpty() ? place.x : near.stream().mapToDouble(p -> p.x).average().orElseThrow();
            }
            row.sort(Comparator.comparingDouble(place -> place.x));
            apart(row);
        }
    }

    /** Gives the places of a row that have none yet room of their own. */
    private static void spread(List<Place> row) {
        if (row.stream().allMatch(place -> place.x == 0)) {
            apart(row);
        }
    }

    /** Moves the places of a sorted row apart where they touch, and as little as can be: groups share their shift. */
    private static void apart(List<Place> row) {
        int count = row.size();
        double[] wanted = new double[count];
        double offset = 0;
        for (int i = 0; i < count; i++) {
            offset += i == 0 ? 0 : (row.get(i - 1).width + row.get(i).width) / 2 + GAP;
            wanted[i] = row.get(i).x - offset;
        }
        double[] means = new double[count];
        int[] sizes = new int[count];
        int blocks = 0;
        for (double value : wanted) { // pool adjacent violators: the nearest rising sequence
            means[blocks] = value;
            sizes[blocks++] = 1;
            while (blocks > 1 && means[blocks - 2] > means[blocks - 1]) {
                int size = sizes[blocks - 2] + sizes[blocks - 1];
                double sum = means[blocks - 2] * sizes[blocks - 2] + means[blocks - 1] * sizes[blocks - 1];
                means[blocks - 2] = sum / size;
                sizes[--blocks - 1] = size;
            }
        }
        offset = 0;
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            for (int k = 0; k < sizes[block]; k++, at++) {
                offset += at == 0 ? 0 : (row.get(at - 1).width + row.get(at).width) / 2 + GAP;
                row.get(at).x = means[block] + offset;
            }
        }
    }

    private void placeRows() {
        double left = rows.stream().flatMap(List::stream).mapToDouble(p -> p.x - p.width / 2).min().orElse(0);
        double y = 0;
        for (List<Place> row : rows) {
            double height = row.stream().mapToDouble(place -> place.height).max().orElse(0);
            for (Place place : row) {
                place.x -= left;
                place.y = y + height / 2;
            }
            y += height + ROW_GAP;
        }
    }

    /** Middle of a box. */
    double[] middle(int box) {
        return new double[] {boxes.get(box).x, boxes.get(box).y};
    }

    /** Points of an arrow, from the lower edge of its first box to the upper edge of its last. */
    List<double[]> way(int arrow) {
        List<Place> way = ways.get(arrow);
        return IntStream.range(0, way.size()).mapToObj(k -> {
            Place place = way.get(k);
            double edge = k == 0 ? place.height / 2 : k == way.size() - 1 ? -place.height / 2 : 0;
            return new double[] {place.x, place.y + edge};
        }).toList();
    }

    double width() {
        return rows.stream().flatMap(List::stream).mapToDouble(p -> p.x + p.width / 2).max().orElse(0);
    }

    double height() {
        return boxes.stream().mapToDouble(p -> p.y + p.height / 2).max().orElse(0);
    }
}
