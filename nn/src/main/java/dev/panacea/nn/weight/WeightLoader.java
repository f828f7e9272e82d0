package dev.panacea.nn.weight;

import dev.panacea.nn.CheckpointException;
import dev.panacea.nn.ConfigException;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.model.Models;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.TensorOps;
import dev.panacea.tensor.op.Copy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Fills a model from a file of weights, whoever wrote it.
 *
 * <pre>{@code
 * try (WeightFile file = WeightFile.open(Path.of("swin_base.pth"))) {
 *     System.out.print(WeightLoader.load(file, parameters, LoadOptions.DEFAULT).text());
 * }
 * }</pre>
 *
 * <p>A backbone of which less than 95 % match is an error, whether the rest is missing in the file or in the model: a
 * model that is silently random in part is worse than none. Heads are filled where name and shape are the model's, and
 * left aside otherwise.
 */
public final class WeightLoader {
    private static final double NEEDED = 0.95;
    private static final String PATCHES = "patch_embed.proj.weight"; // every backbone of ours has it

    private final String where;
    private final ForeignModel source;
    private final List<Filling> fillings = new ArrayList<>();
    private final List<String> matched = new ArrayList<>();
    private final List<String> reshaped = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final List<String> missingHeads = new ArrayList<>();
    private final Set<String> unexpected;
    private final List<String> aside;
    private int tensors;
    private long elements;
    private int allTensors;
    private long allElements;

    /** A parameter, what it is filled from, and what is done on the way. */
    private record Filling(Parameter parameter, List<StoredWeight> from, Reshaping reshaping) {}

    private WeightLoader(String where, ForeignModel source) {
        this.where = where;
        this.source = source;
        unexpected = new LinkedHashSet<>(source.backbone().keySet());
        aside = new ArrayList<>(source.aside());
    }

    /**
     * Loads a file into a model. If it throws, the model is as it was.
     *
     * @throws CheckpointException if the file has no model of a known naming, several and none named, one of other
     *     sizes, or less than 95 % of the backbone
     * @throws ConfigException if the model has no backbone, or several and none named
     * @throws DataException if the file cannot be read
     */
    public static LoadReport load(WeightFile file, Parameters model, LoadOptions options) {
        String where = "checkpoint " + file.path().getFileName();
        String into = options.into().orElseGet(() -> backbone(model));
        WeightLoader loader = new WeightLoader(where, ForeignModel.in(file.weights(), where, options));
        loader.plan(model, into);
        loader.fill(file);
        return loader.report();
    }

    /** What stands before the names of the model's only backbone. */
    private static String backbone(Parameters model) {
        List<String> found = model.all().stream().map(Parameter::path)
                .filter(path -> path.equals(PATCHES) || path.endsWith("." + PATCHES))
                .map(path -> path.substring(0, path.length() - PATCHES.length())).toList();
        if (found.size() != 1) {
            throw new ConfigException("model: " + found.size() + " backbones " + found
                    + " (need one, or the name of what stands before the one to fill)");
        }
        return found.getFirst();
    }

    private void plan(Parameters model, String into) {
        Set<String> heads = new LinkedHashSet<>(source.heads().keySet());
        for (Parameter parameter : model.all()) {
            String path = parameter.path().startsWith(into) ? parameter.path().substring(into.length())
                    : parameter.path();
            if (parameter.path().startsWith(into) && ForeignModel.isBackbone(path)) {
                backbone(parameter, path);
            } else {
                String name = source.heads().containsKey(parameter.path()) ? parameter.path() : path;
                head(parameter, name, heads);
            }
        }
        source.heads().forEach((name, weight) -> {
            if (heads.contains(name)) {
                aside.add(weight.name());
            }
        });
        for (String path : unexpected) {
            allTensors++;
            allElements += elements(source.backbone().get(path));
        }
        if (new LoadReport.Coverage(tensors, elements, allTensors, allElements).share() < NEEDED) {
            throw new CheckpointException(where + ": too little of the backbone fits: " + tensors + " tensors match, "
                    + missing.size() + " are missing" + examples(missing) + ", " + unexpected.size()
                    + " are not the model's" + examples(List.copyOf(unexpected)) + " (need 95 %" + guess(": ") + ")");
        }
    }

    private static String examples(List<String> names) {
        return names.isEmpty() ? "" : " such as " + LoadReport.plain(names.getFirst());
    }

    private void backbone(Parameter parameter, String path) {
        allTensors++;
        List<StoredWeight> from = source.backbone().get(path);
        if (from == null) {
            allElements += parameter.size();
            missing.add(parameter.path());
            return;
        }
        unexpected.remove(path);
        List<Long> shape = joined(from);
        Reshaping reshaping = Reshaping.between(path, shape, parameter.shape()).orElseThrow(() ->
                new CheckpointException(where + ": " + LoadReport.plain(from.getFirst().name()) + " is " + shape
                        + ", model needs " + parameter.shape() + " (" + guess("") + ")"));
        take(new Filling(parameter, from, reshaping));
        tensors++;
        elements += parameter.size();
        allElements += parameter.size();
        if (reshaping != Reshaping.NONE) {
            reshaped.add(parameter.path() + " " + shape + " → " + parameter.shape() + " " + reshaping.done());
        }
    }

    private void head(Parameter parameter, String name, Set<String> heads) {
        StoredWeight from = source.heads().get(name);
        if (from != null && Reshaping.between(name, from.shape(), parameter.shape()).equals(
                Optional.of(Reshaping.NONE))) {
            heads.remove(name);
            take(new Filling(parameter, List.of(from), Reshaping.NONE));
        } else {
            missingHeads.add(parameter.path());
        }
    }

    private void take(Filling filling) {
        for (StoredWeight weight : filling.from()) {
            boolean count = weight.elements() == 1; // PyTorch's num_batches_tracked is a whole number
            if (weight.type().loaded() == null || !weight.type().loaded().isFloat() && !count) {
                throw new CheckpointException(where + ": " + LoadReport.plain(weight.name()) + " is "
                        + weight.type() + ", model needs " + filling.parameter().value().type()
                        + " (store it as F32, F16 or BF16)");
            }
        }
        fillings.add(filling);
        matched.add(filling.parameter().path());
    }

    /** The shape of parts one below the other. */
    private List<Long> joined(List<StoredWeight> parts) {
        List<Long> shape = new ArrayList<>(parts.getFirst().shape());
        if (parts.size() > 1) {
            for (StoredWeight part : parts) {
                if (shape.isEmpty() || !part.shape().equals(parts.getFirst().shape())) {
                    throw new CheckpointException(where + ": query, key and value differ: "
                            + LoadReport.plain(part.name()) + " is " + part.shape() + ", query is "
                            + parts.getFirst().shape() + " (need three alike)");
                }
            }
            shape.set(0, shape.getFirst() * parts.size());
        }
        return shape;
    }

    private static long elements(List<StoredWeight> parts) {
        return parts.stream().mapToLong(StoredWeight::elements).sum();
    }

    private String guess(String before) {
        Map<String, List<Long>> shapes = new HashMap<>();
        source.backbone().forEach((path, parts) -> shapes.put(path, parts.getFirst().shape()));
        return Models.like(shapes).map(name -> before + "is this " + name + "?")
                .orElse(before.isEmpty() ? "need a file of the same model" : "");
    }

    /** Everything is read and reshaped before the first parameter changes. */
    private void fill(WeightFile file) {
        try (MemoryScope _ = MemoryScope.open("weights")) {
            List<Tensor> values = new ArrayList<>();
            for (Filling filling : fillings) {
                values.add(value(file, filling));
            }
            for (int i = 0; i < values.size(); i++) {
                Tensor.into(new Copy(), List.of(values.get(i)), List.of(fillings.get(i).parameter().value()));
            }
        }
    }

    private static Tensor value(WeightFile file, Filling filling) {
        Tensor target = filling.parameter().value();
        try (MemoryScope scope = MemoryScope.open("weight")) {
            List<Tensor> parts = filling.from().stream().map(part -> file.load(part.name())).toList();
            Tensor whole = parts.size() == 1 ? parts.getFirst() : TensorOps.concat(0, parts);
            Tensor fitted = filling.reshaping().apply(whole, target.shape());
            return scope.keep(fitted.cast(target.type()).to(target.backend()));
        }
    }

    private LoadReport report() {
        missing.addAll(missingHeads);
        return new LoadReport(where, source.naming(), source.prefix(),
                new LoadReport.Coverage(tensors, elements, allTensors, allElements), matched, reshaped, missing,
                List.copyOf(unexpected), aside, source.derivable());
    }
}
