package dev.panacea.tools.lesson;

import dev.panacea.autograd.GraphStep;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes boxes of a tape. An op belongs to the module whose parameters it reads; one that reads none, to the module that
 * what it reads comes from, or, where it only moves elements, to the one that reads what it makes.
 */
final class GraphBuilder {
    private static final Set<String> MOVES = Set.of("reshape", "permute", "slice", "concat", "split", "stack", "pad",
            "roll", "expand", "transpose", "flatten", "select");
    /** A name with its number, such as {@code layers.0}, counts once. */
    private static final Pattern PART = Pattern.compile("[^.]+(\\.\\d+)?");

    private final TapeReader tape;
    private final Map<Tensor, String> paths = new IdentityHashMap<>();
    private final Map<Variable, Integer> makers = new IdentityHashMap<>();
    private final List<List<Integer>> readers = new ArrayList<>();
    private final List<String> modules = new ArrayList<>();

    GraphBuilder(TapeReader tape, Parameters parameters) {
        this.tape = tape;
        for (Parameter parameter : parameters.all()) {
            paths.put(parameter.value(), parameter.path());
        }
        for (int i = 0; i < tape.steps().size(); i++) {
            readers.add(new ArrayList<>());
            for (Variable input : tape.steps().get(i).inputs()) {
                if (makers.containsKey(input)) {
                    readers.get(makers.get(input)).add(i);
                }
            }
            int maker = i;
            tape.steps().get(i).outputs().forEach(output -> makers.put(output, maker));
        }
        for (int i = 0; i < tape.steps().size(); i++) {
            modules.add(module(i));
        }
    }

    private String module(int step) {
        String own = ownModule(step);
        if (own != null) {
            return own;
        }
        String before = near(step, this::makersOf);
        String after = near(step, readers::get);
        if (after == null && tape.room(step).contains("Loss")) {
            return ""; // no head comes behind: the loss itself
        }
        String moved = moved(step);
        String nearest = moved != null ? moved : before != null ? before : after;
        return nearest == null ? "" : nearest;
    }

    /** The module for which alone elements are moved; null where there is none, or others read them too. */
    private String moved(int step) {
        if (!MOVES.contains(tape.steps().get(step).op()) || readers.get(step).size() != 1
                || !tape.room(readers.get(step).getFirst()).equals(tape.room(step))) {
            return null;
        }
        String own = ownModule(readers.get(step).getFirst());
        return own != null ? own : moved(readers.get(step).getFirst());
    }

    private String ownModule(int step) {
        return tape.steps().get(step).inputs().stream().map(this::path).filter(path -> path != null)
                .map(path -> path.substring(0, Math.max(0, path.lastIndexOf('.')))).findFirst().orElse(null);
    }

    private String path(Variable variable) {
        return variable.isLeaf() || !variable.requiresGradient() ? paths.get(variable.value()) : null;
    }

    /** The last one first: of a residual sum that is the branch, not what goes past it. */
    private List<Integer> makersOf(int step) {
        return tape.steps().get(step).inputs().stream().filter(makers::containsKey).map(makers::get)
                .sorted(Comparator.reverseOrder()).toList();
    }

    /** The nearest module that reads parameters, along or against the arrows and in the same part of the step. */
    private String near(int step, IntFunction<List<Integer>> next) {
        for (int other : next.apply(step)) {
            if (tape.room(other).equals(tape.room(step))) {
                String found = ownModule(other);
                found = found == null ? near(other, next) : found;
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }

    /** The finest view in modules that has no more than {@code most} boxes. */
    StepGraph modules(int most) {
        for (int depth = 4; depth > 1; depth--) {
            StepGraph graph = atDepth(depth);
            if (graph.boxes().size() <= most) {
                return graph;
            }
        }
        return atDepth(1);
    }

    /** Modules whose paths are cut off after {@code depth} names. */
    StepGraph atDepth(int depth) {
        Map<String, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < modules.size(); i++) {
            groups.computeIfAbsent(tape.room(i) + "\n" + cut(modules.get(i), depth), key -> new ArrayList<>()).add(i);
        }
        return graph(new ArrayList<>(groups.values()), depth, false);
    }

    /** Every op of the modules whose paths begin so, with its parameters. */
    StepGraph layer(String path) {
        List<List<Integer>> groups = new ArrayList<>();
        for (int i = 0; i < modules.size(); i++) {
            if ((modules.get(i) + ".").startsWith(path + ".") || tape.room(i).split(" ")[0].equals(path)) {
                groups.add(List.of(i));
            }
        }
        return graph(groups, Integer.MAX_VALUE, true);
    }

    /** All modules there are, and what they are parts of, for whoever names one that is not. */
    Set<String> known() {
        Set<String> known = new LinkedHashSet<>();
        for (String module : modules) {
            for (String path = module; !path.isEmpty(); path = path.substring(0, Math.max(0, path.lastIndexOf('.')))) {
                known.add(path);
            }
        }
        return known;
    }

    private static String cut(String path, int depth) {
        Matcher parts = PART.matcher(path);
        int end = 0;
        for (int k = 0; k < depth && parts.find(); k++) {
            end = parts.end();
        }
        return path.substring(0, end);
    }

    private StepGraph graph(List<List<Integer>> groups, int depth, boolean leaves) {
        List<StepGraph.Box> boxes = new ArrayList<>();
        Map<Variable, Integer> from = new IdentityHashMap<>(); // which box a tensor comes from
        for (List<Integer> group : groups) {
            group.forEach(i -> tape.steps().get(i).outputs().forEach(output -> from.put(output, boxes.size())));
            boxes.add(box(group, depth, leaves));
        }
        Map<List<Integer>, List<Shape>> arrows = new LinkedHashMap<>();
        for (int to = 0; to < groups.size(); to++) {
            Set<Variable> seen = new HashSet<>();
            for (int i : groups.get(to)) {
                for (Variable input : tape.steps().get(i).inputs()) {
                    if (!from.containsKey(input) && (leaves || !tape.name(input, i).isEmpty())) {
                        from.put(input, boxes.size());
                        boxes.add(leaf(input, i));
                    }
                    if (from.containsKey(input) && from.get(input) != to && seen.add(input)) {
                        arrows.computeIfAbsent(List.of(from.get(input), to), key -> new ArrayList<>())
                                .add(input.shape());
                    }
                }
            }
        }
        return new StepGraph(boxes, arrows.entrySet().stream().map(arrow -> new StepGraph.Arrow(
                arrow.getKey().getFirst(), arrow.getKey().getLast(), List.copyOf(arrow.getValue()))).toList());
    }

    private StepGraph.Box leaf(Variable leaf, int reader) {
        String path = path(leaf);
        String name = tape.name(leaf, reader);
        String title = path != null ? path.substring(path.lastIndexOf('.') + 1) : !name.isEmpty() ? name
                : leaf.requiresGradient() ? "from outside" : "constant";
        return new StepGraph.Box(path != null ? StepGraph.Kind.PARAMETER : StepGraph.Kind.CONSTANT, tape.room(reader),
                title, List.of(leaf.shape().toString()));
    }

    private StepGraph.Box box(List<Integer> group, int depth, boolean one) {
        List<GraphStep> steps = group.stream().map(tape.steps()::get).toList();
        String room = tape.room(group.getFirst());
        long saved = steps.stream().mapToLong(GraphStep::savedBytes).sum();
        List<String> lines = new ArrayList<>();
        if (one && !modules.get(group.getFirst()).isEmpty()) {
            lines.add(modules.get(group.getFirst()));
        }
        if (!one) {
            lines.add(summary(steps));
            long count = steps.stream().flatMap(step -> step.inputs().stream()).distinct()
                    .filter(input -> path(input) != null && input.requiresGradient())
                    .mapToLong(input -> input.shape().size()).sum();
            if (count > 0) {
                lines.add("%,d parameters".formatted(count));
            }
        }
        if (saved > 0) {
            lines.add("keeps " + Sizes.bytes(saved));
        }
        String module = cut(modules.get(group.getFirst()), depth);
        String title = one ? attributes(steps.getFirst().text()) : module.isEmpty() ? room : module;
        return new StepGraph.Box(StepGraph.Kind.OPS, room, title, lines);
    }

    /** Without where random numbers come from, and with fewer digits. */
    private static String attributes(String text) {
        return text.replaceAll(",? ?random=RandomSource\\[[^]]*\\]", "").replaceAll("(\\.\\d{4})\\d+", "$1");
    }

    /** The ops in the order of their first use, equal ones counted; what only moves elements is left out. */
    private static String summary(List<GraphStep> steps) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        steps.forEach(step -> counts.merge(step.op(), 1, Integer::sum));
        List<String> told = counts.entrySet().stream().filter(e -> counts.size() < 3 || !MOVES.contains(e.getKey()))
                .map(e -> (e.getValue() > 1 ? e.getValue() + " " : "") + e.getKey()).toList();
        return told.size() <= 5 ? String.join(", ", told)
                : String.join(", ", told.subList(0, 4)) + " and " + (told.size() - 4) + " more";
    }
}
