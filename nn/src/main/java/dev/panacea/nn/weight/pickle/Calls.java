package dev.panacea.nn.weight.pickle;

import dev.panacea.nn.weight.pickle.Pickled.Bytes;
import dev.panacea.nn.weight.pickle.Pickled.Entry;
import dev.panacea.nn.weight.pickle.Pickled.Instance;
import dev.panacea.nn.weight.pickle.Pickled.Name;
import dev.panacea.nn.weight.pickle.Pickled.Scalar;
import dev.panacea.nn.weight.pickle.Pickled.Sequence;
import dev.panacea.nn.weight.pickle.Pickled.Storage;
import dev.panacea.nn.weight.pickle.Pickled.View;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.io.StoredType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The calls in a pickle that mean something here: what PyTorch writes for tensors, and Python for containers. Each is
 * compared by name and answered with data; nothing is looked up, and any other call becomes a stand-in.
 */
final class Calls {
    private static final int MOST_AXES = 8;
    private static final long FREE = 1 << 20;
    private static final long PER_BYTE = 64;
    /** What no checkpoint calls and every attack does. A stand-in would be harmless here, but not elsewhere. */
    private static final Set<String> OF_ATTACKS = Set.of("os", "posix", "nt", "sys", "subprocess", "pty", "runpy",
            "socket", "shutil", "importlib", "webbrowser", "builtins.eval", "builtins.exec", "builtins.compile",
            "builtins.open", "builtins.__import__");

    private final PickleBytes bytes;
    private final Map<String, Storage> storages;
    private long charged;

    Calls(PickleBytes bytes, Map<String, Storage> storages) {
        this.bytes = bytes;
        this.storages = storages;
    }

    /** Accounts for work on values that the pickle can name again in a few bytes, however large they are. */
    void charge(long units) {
        charged += units;
        if (charged > FREE + PER_BYTE * bytes.at()) {
            throw bytes.broken("pickle makes more than its size", charged + " units", "is it a bomb?");
        }
    }

    /** What a call with these arguments gives. */
    Pickled call(Pickled callee, List<Pickled> arguments) {
        if (!(callee instanceof Name(String name))) {
            throw wrong("a call of what is no name", callee);
        }
        charge(name.length());
        String module = name.substring(0, Math.max(0, name.indexOf('.')));
        if (OF_ATTACKS.contains(module) || OF_ATTACKS.contains(name.replace("__builtin__.", "builtins."))) {
            throw bytes.broken("file wants to run a program", DataException.shown(name),
                    "nothing was run; open it nowhere else");
        }
        Pickled first = arguments.isEmpty() ? null : arguments.getFirst();
        Pickled made = switch (name) {
            case "collections.OrderedDict" -> dictionary(arguments);
            case "torch.Size", "builtins.set", "builtins.frozenset", "__builtin__.set", "__builtin__.frozenset" ->
                first instanceof Sequence items ? new Sequence(items.items()) : null;
            case "torch.device" -> device(arguments);
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> view(arguments, null);
            case "torch._utils._rebuild_tensor_v3" ->
                arguments.size() > 6 && arguments.get(6) instanceof Name type ? view(arguments, type) : null;
            case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state",
                    "torch.nn.parameter.Parameter" -> first instanceof View ? first : null;
            case "torch._tensor._rebuild_from_type_v2" -> subclass(arguments);
            case "_codecs.encode" -> encoded(arguments);
            case "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar" -> NumpyScalar.read(arguments);
            default -> null;
        };
        return made == null ? new Instance(new Name(name), arguments) : made;
    }

    /** What a pickle refers to outside itself: a storage, or in old files the class of a module with its source. */
    Pickled persistent(Pickled reference) {
        if (!(reference instanceof Sequence tuple) || tuple.items().size() < 2
                || !(tuple.items().get(0) instanceof Scalar(String kind))) {
            throw wrong("reference to something outside", reference);
        }
        List<Pickled> parts = tuple.items();
        if (kind.equals("module") && parts.get(1) instanceof Name type) {
            return type;
        }
        if (!kind.equals("storage") || parts.size() < 5 || !(parts.get(1) instanceof Name type)
                || !(parts.get(2) instanceof Scalar key) || !(parts.get(4) instanceof Scalar(Long elements))
                || elements < 0 || parts.size() > 5 && !(parts.get(5) instanceof Scalar(Object view) && view == null)) {
            throw wrong("reference to something outside", reference);
        }
        charge(type.text().length() + key.text().length());
        Storage storage = new Storage(TorchTypes.ofStorage(type.text()), key.text(), elements);
        Storage known = storages.putIfAbsent(storage.key(), storage);
        if (known != null && !known.equals(storage)) {
            throw bytes.broken("two storages by one key", DataException.shown(storage.key()), "save the file anew");
        }
        return storage;
    }

    private Pickled dictionary(List<Pickled> arguments) {
        Instance dictionary = new Instance(null, List.of());
        if (!arguments.isEmpty() && arguments.getFirst() instanceof Sequence pairs) { // as Python 2 wrote it
            charge(pairs.items().size());
            for (Pickled item : pairs.items()) {
                if (!(item instanceof Sequence pair) || pair.items().size() != 2) {
                    throw wrong("an ordered dictionary's entry", item);
                }
                dictionary.entries().add(new Entry(pair.items().get(0), pair.items().get(1)));
            }
        }
        return dictionary;
    }

    private Pickled device(List<Pickled> arguments) {
        if (arguments.isEmpty() || !(arguments.get(0) instanceof Scalar type)) {
            return null;
        }
        String text = arguments.size() > 1 && arguments.get(1) instanceof Scalar index
                ? type.text() + ":" + index.text() : type.text();
        charge(text.length());
        return new Scalar(text);
    }

    /** A tensor with attributes of its own: the tensor alone. */
    private Pickled subclass(List<Pickled> arguments) {
        if (arguments.size() < 3 || !(arguments.get(0) instanceof Name function)
                || !(arguments.get(2) instanceof Sequence inner) || !function.text().startsWith("torch._utils.")) {
            return null;
        }
        return call(function, inner.items());
    }

    private Pickled encoded(List<Pickled> arguments) {
        return arguments.size() == 2 && arguments.get(0) instanceof Scalar(String text)
                && arguments.get(1) instanceof Scalar(String codec) && codec.equals("latin1") ? new Bytes(text) : null;
    }

    private Pickled view(List<Pickled> arguments, Name typeName) {
        if (arguments.size() < 4 || !(arguments.get(0) instanceof Storage storage)
                || !(arguments.get(1) instanceof Scalar(Long offset))
                || !(arguments.get(2) instanceof Sequence sizes) || !(arguments.get(3) instanceof Sequence steps)) {
            throw bytes.broken("tensor made of wrong parts", arguments.size() + " of them", "is it a pickle?");
        }
        StoredType type = typeName == null ? storage.type() : TorchTypes.ofName(typeName.text());
        if (type == null || storage.type() == null) {
            return null; // complex numbers and quantised ones stay unread
        }
        List<Long> shape = numbers(sizes);
        View view = new View(storage, type, offset, shape, numbers(steps));
        if (view.strides().size() != shape.size() || offset < 0 || !inside(view)) {
            throw bytes.broken("tensor beyond its storage", shape + " by strides " + view.strides() + " from " + offset
                    + " of " + storage.elements(), "is the file damaged?");
        }
        return view;
    }

    private List<Long> numbers(Sequence sequence) {
        if (sequence.items().size() > MOST_AXES) {
            throw bytes.broken("tensor of too many axes", sequence.items().size() + "", "at most " + MOST_AXES);
        }
        List<Long> numbers = new ArrayList<>();
        for (Pickled item : sequence.items()) {
            if (!(item instanceof Scalar(Long number)) || number < 0) {
                throw wrong("a size or stride", item);
            }
            numbers.add(number);
        }
        charge(MOST_AXES * Long.BYTES);
        return List.copyOf(numbers);
    }

    /** Whether the last element lies in the storage and the number of elements fits a long; every step checked. */
    private static boolean inside(View view) {
        try {
            long elements = view.type().byteSize();
            long last = view.offset();
            for (int axis = 0; axis < view.shape().size(); axis++) {
                elements = Math.multiplyExact(elements, view.shape().get(axis));
                last = Math.addExact(last, Math.multiplyExact(view.shape().get(axis) - 1, view.strides().get(axis)));
            }
            long held = Math.multiplyExact(view.storage().elements(), (long) view.storage().type().byteSize());
            return elements == 0 || Math.multiplyExact(last + 1, (long) view.type().byteSize()) <= held;
        } catch (ArithmeticException overflow) {
            return false;
        }
    }

    private DataException wrong(String what, Pickled found) {
        return bytes.broken("wrong value for " + what, found.getClass().getSimpleName(), "is it a pickle?");
    }
}
