package dev.panacea.nn.weight;

import dev.panacea.nn.weight.pickle.Pickled;
import dev.panacea.nn.weight.pickle.Pickled.Bytes;
import dev.panacea.nn.weight.pickle.Pickled.Entry;
import dev.panacea.nn.weight.pickle.Pickled.Instance;
import dev.panacea.nn.weight.pickle.Pickled.Name;
import dev.panacea.nn.weight.pickle.Pickled.Scalar;
import dev.panacea.nn.weight.pickle.Pickled.Sequence;
import dev.panacea.nn.weight.pickle.Pickled.Storage;
import dev.panacea.nn.weight.pickle.Pickled.View;
import dev.panacea.tensor.DataException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Walks what a pickle holds and gives every tensor and every text one name, the way down to it joined by dots. Lists of
 * plain values are one text; of a pickled module, the names are those of its {@code state_dict}.
 */
final class FlatNames {
    private static final int DEEPEST = 100;
    private static final long FREE = 1 << 20;
    private static final long PER_BYTE = 64;
    /** Where a module keeps its parts; they are not in the names of its state_dict. */
    private static final Set<String> OF_MODULES = Set.of("_parameters", "_buffers", "_modules");

    private final String where;
    private final SequencedMap<String, View> tensors = new LinkedHashMap<>();
    private final SequencedMap<String, String> texts = new LinkedHashMap<>();
    private long left;

    private FlatNames(long pickleSize, String where) {
        this.left = FREE + PER_BYTE * pickleSize;
        this.where = where;
    }

    /** Walks from the root of a pickle of that many bytes. */
    static FlatNames of(Pickled root, long pickleSize, String where) {
        FlatNames names = new FlatNames(pickleSize, where);
        switch (root) {
            case View tensor -> names.walk("tensor", tensor, 0);
            case Instance instance -> {
                names.parts("", instance, 0);
                names.ownTexts(instance);
            }
            case Sequence sequence -> names.items("", sequence.items(), 0);
            default -> names.walk("value", root, 0);
        }
        return names;
    }

    SequencedMap<String, View> tensors() {
        return tensors;
    }

    SequencedMap<String, String> texts() {
        return texts;
    }

    private void walk(String name, Pickled value, int depth) {
        charge(name.length() + 1);
        if (depth > DEEPEST) {
            throw broken("nested too deeply", name, "at most " + DEEPEST + " levels");
        }
        switch (value) {
            case View tensor -> {
                if (tensors.put(name, tensor) != null) {
                    throw broken("two tensors by one name", name, "rename one of them");
                }
            }
            case Scalar scalar -> text(name, scalar.text());
            case Name type -> text(name, type.text());
            case Sequence sequence when arePlain(sequence.items()) ->
                text(name, joined(sequence.items()));
            case Sequence sequence -> items(name, sequence.items(), depth);
            case Instance instance -> {
                if (instance.type() != null) {
                    boolean shown = !instance.arguments().isEmpty() && arePlain(instance.arguments());
                    text(name, instance.type().text() + (shown ? joined(instance.arguments()) : ""));
                }
                parts(name, instance, depth);
            }
            case Bytes _, Storage _ -> { } // neither a tensor nor a text
        }
    }

    /** The entries of a dictionary, and what stands in for an object: its items, entries and attributes. */
    private void parts(String name, Instance instance, int depth) {
        items(name, instance.items(), depth);
        entries(name, instance.entries(), depth);
        if (instance.type() != null && instance.state() instanceof Instance attributes) {
            for (Entry entry : attributes.entries()) {
                if (entry.key() instanceof Scalar(String key) && OF_MODULES.contains(key)
                        && entry.value() instanceof Instance inner) {
                    entries(name, inner.entries(), depth);
                } else {
                    entries(name, List.of(entry), depth);
                }
            }
        } else if (instance.type() != null && instance.state() instanceof Sequence slots) {
            items(name, slots.items(), depth);
        }
    }

    private void entries(String name, List<Entry> entries, int depth) {
        for (Entry entry : entries) {
            String key = switch (entry.key()) {
                case Scalar scalar -> scalar.text();
                case Sequence tuple when arePlain(tuple.items()) -> joined(tuple.items());
                case Name type -> type.text();
                default -> "?";
            };
            walk(joined(name, key), entry.value(), depth + 1);
        }
    }

    private void items(String name, List<Pickled> items, int depth) {
        for (int i = 0; i < items.size(); i++) {
            walk(joined(name, String.valueOf(i)), items.get(i), depth + 1);
        }
    }

    /** Texts that our own files keep beside the tensors: attributes of the dictionary, which PyTorch passes over. */
    private void ownTexts(Instance root) {
        if (root.type() == null && root.state() instanceof Instance attributes) {
            for (Entry entry : attributes.entries()) {
                if (entry.key() instanceof Scalar(String key) && key.equals(TorchWriter.TEXTS)
                        && entry.value() instanceof Instance own) {
                    entries("", own.entries(), 0);
                }
            }
        }
    }

    private void text(String name, String text) {
        charge(text.length());
        texts.putIfAbsent(name, text);
    }

    private boolean arePlain(List<Pickled> values) {
        charge(values.size());
        return values.stream().allMatch(value -> value instanceof Scalar || value instanceof Name);
    }

    private String joined(String name, String key) {
        charge(name.length() + key.length());
        return name.isEmpty() ? key : name + "." + key;
    }

    private String joined(List<Pickled> plain) {
        return plain.stream().map(value -> value instanceof Scalar scalar ? scalar.text() : ((Name) value).text())
                .peek(text -> charge(text.length())).collect(Collectors.joining(", ", "(", ")"));
    }

    private void charge(long units) {
        left -= units;
        if (left < 0) {
            throw new DataException("weights " + where + ": names take more than the file: one within another, again"
                    + " and again (is it a bomb?)");
        }
    }

    private DataException broken(String rule, String name, String cure) {
        return new DataException("weights " + where + ": " + rule + ": " + DataException.shown(name) + " (" + cure
                + ")");
    }
}
