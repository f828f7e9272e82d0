package dev.panacea.nn.weight;

import dev.panacea.nn.CheckpointException;
import dev.panacea.tensor.DataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A model found in a file of weights.
 *
 * @param naming whose names it has
 * @param prefix what stands before them, such as {@code teacher.module.backbone.}
 * @param backbone what each of our paths is filled from: one tensor, or the three parts of {@code qkv} in order
 * @param heads what stands beside the backbone, by our paths
 * @param aside names that belong to neither: other models of the file, an optimiser's state
 * @param derivable names of tensors that follow from the sizes of the model and are no weights
 */
record ForeignModel(Naming naming, String prefix, SequencedMap<String, List<StoredWeight>> backbone,
        SequencedMap<String, StoredWeight> heads, List<String> aside, List<String> derivable) {
    private static final Pattern BACKBONE = Pattern.compile(
            "(patch_embed|layers|blocks|norm|cls_token|pos_embed|absolute_pos_embed)(\\..*)?", Pattern.DOTALL);
    private static final Pattern DERIVABLE = Pattern.compile("\\.(relative_position_index|attn_mask)$");
    private static final String USUAL = "teacher"; // see LoadOptions.part
    private static final String MOMENTS = "optimizer"; // in our own checkpoints, moments have the names of parameters

    private ForeignModel(Naming naming, String prefix) {
        this(naming, prefix, new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
    }

    /** Whether one of our paths, without what stands before a backbone, is a backbone's, and not a head's. */
    static boolean isBackbone(String path) {
        return BACKBONE.matcher(path).matches();
    }

    /**
     * Finds it.
     *
     * @param where the file, for messages
     * @throws CheckpointException if there is none, or no telling which of several, or two tensors have one place
     */
    static ForeignModel in(SequencedMap<String, StoredWeight> weights, String where, LoadOptions options) {
        Map<String, Naming> found = candidates(weights, options);
        if (found.isEmpty()) {
            throw new CheckpointException(where + ": no Swin or ViT found: " + weights.size() + " tensors, such as "
                    + some(weights.keySet()) + " (need the names of timm, Microsoft, torchvision or Hugging Face)");
        }
        String prefix = chosen(found, where, options);
        Naming naming = found.get(prefix);
        if (naming == Naming.TIMM_SWIN && options.naming().isEmpty()) {
            naming = Downsampling.naming(weights, prefix, where);
        }
        ForeignModel model = new ForeignModel(naming, prefix);
        model.take(weights, where);
        return model;
    }

    private static String some(Iterable<String> names) {
        List<String> some = new ArrayList<>();
        for (String name : names) {
            some.add(DataException.shown(name));
            if (some.size() == 3) {
                break;
            }
        }
        return String.join(", ", some);
    }

    /** What stands before the names of each model of the file, and how it is named. */
    private static Map<String, Naming> candidates(Map<String, StoredWeight> weights, LoadOptions options) {
        Map<String, Naming> found = new TreeMap<>();
        for (String name : weights.keySet()) {
            for (Naming naming : Naming.values()) {
                if (name.equals(naming.patches()) || name.endsWith("." + naming.patches())) {
                    String prefix = name.substring(0, name.length() - naming.patches().length());
                    if (!isPart(MOMENTS, prefix)) {
                        options.naming().or(() -> Naming.of(weights, prefix))
                                .ifPresent(known -> found.put(prefix, known));
                    }
                }
            }
        }
        return found;
    }

    private static String chosen(Map<String, Naming> found, String where, LoadOptions options) {
        List<String> fitting = new ArrayList<>(found.keySet());
        if (options.part().isPresent()) {
            String part = options.part().get();
            fitting.removeIf(prefix -> !isPart(part, prefix));
            if (fitting.contains(part + ".")) {
                fitting = List.of(part + ".");
            }
        } else if (fitting.size() > 1) {
            fitting.removeIf(prefix -> !isPart(USUAL, prefix));
        }
        if (fitting.size() != 1) {
            String part = options.part().map(name -> " with part " + DataException.shown(name)).orElse("");
            throw new CheckpointException(where + ": " + fitting.size() + " models" + part + " among the "
                    + found.size() + " of the file: " + some(found.keySet()) + " (need one: name a part of it that the "
                    + "others do not have)");
        }
        return fitting.getFirst();
    }

    private static boolean isPart(String part, String prefix) {
        return part.isEmpty() ? prefix.isEmpty() : ("." + prefix).contains("." + part + ".");
    }

    /** Sorts the names of the file. Heads stand beside the backbone, or in a module around it. */
    private void take(Map<String, StoredWeight> weights, String where) {
        String around = prefix.substring(0, prefix.lastIndexOf('.', prefix.length() - 2) + 1);
        Map<String, StoredWeight[]> places = new LinkedHashMap<>();
        weights.forEach((name, weight) -> {
            if (!name.startsWith(around)) {
                aside.add(name);
            } else if (!name.startsWith(prefix)) {
                heads.put(name.substring(around.length()), weight);
            } else if (DERIVABLE.matcher(name).find()) {
                derivable.add(name);
            } else {
                put(places, naming.place(name.substring(prefix.length())), weight, where);
            }
        });
        places.forEach((path, parts) -> {
            if (Arrays.asList(parts).contains(null)) {
                throw new CheckpointException(where + ": " + path + ": a part is missing: found "
                        + Arrays.stream(parts).filter(part -> part != null).map(StoredWeight::name)
                                .map(DataException::shown).collect(Collectors.joining(", "))
                        + " (need query, key and value)");
            }
            if (isBackbone(path)) {
                backbone.put(path, List.of(parts));
            } else {
                heads.putIfAbsent(path, parts[0]);
            }
        });
    }

    private static void put(Map<String, StoredWeight[]> places, Naming.Place place, StoredWeight weight, String where) {
        int count = place.part() == Naming.Place.WHOLE ? 1 : 3;
        StoredWeight[] parts = places.computeIfAbsent(place.path(), _ -> new StoredWeight[count]);
        int at = Math.max(0, place.part());
        if (parts.length != count || parts[at] != null) {
            throw new CheckpointException(where + ": two tensors for one parameter: "
                    + DataException.shown(weight.name()) + " is the second for " + DataException.shown(place.path())
                    + " (need one: the file mixes namings)");
        }
        parts[at] = weight;
    }
}
