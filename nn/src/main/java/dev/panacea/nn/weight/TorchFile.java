package dev.panacea.nn.weight;

import dev.panacea.nn.weight.pickle.PickleBytes;
import dev.panacea.nn.weight.pickle.Pickled;
import dev.panacea.nn.weight.pickle.Pickled.Entry;
import dev.panacea.nn.weight.pickle.Pickled.Instance;
import dev.panacea.nn.weight.pickle.Pickled.Scalar;
import dev.panacea.nn.weight.pickle.Pickled.Sequence;
import dev.panacea.nn.weight.pickle.Pickled.Storage;
import dev.panacea.nn.weight.pickle.Pickled.View;
import dev.panacea.nn.weight.pickle.Unpickler;
import dev.panacea.tensor.DataException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** What {@code torch.save} writes: a pickle that speaks of storages, and the storages as plain bytes. */
final class TorchFile {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final String PICKLE = "/data.pkl";

    private final MemorySegment bytes;
    private final String where;
    private final Map<String, Storage> claimed = new LinkedHashMap<>();
    private final Map<String, MemorySegment> storages = new HashMap<>();

    private TorchFile(MemorySegment bytes, String where) {
        this.bytes = bytes;
        this.where = where;
    }

    /** The zip format, of PyTorch 1.6 and later: a pickle and one entry for each storage. */
    static Contents readZip(MemorySegment bytes, String where) {
        return new TorchFile(bytes, where).zip();
    }

    /** The format before: five pickles, then the storages one after another. */
    static Contents readLegacy(MemorySegment bytes, String where) {
        return new TorchFile(bytes, where).legacy();
    }

    private Contents zip() {
        ZipDirectory entries = new ZipDirectory(bytes, where);
        List<String> pickles = entries.names().stream()
                .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()).toList();
        if (pickles.size() != 1) {
            throw broken("not one pickle in the zip file", pickles.size() + " entries FOLDER/data.pkl",
                    "is it of torch.save?");
        }
        String folder = pickles.getFirst().substring(0, pickles.getFirst().length() - PICKLE.length());
        MemorySegment order = entries.content(folder + "/byteorder");
        if (order != null && !ascii(order).equals("little")) {
            throw broken("byte order not read here", DataException.shown(ascii(order)),
                    "save on a little-endian machine");
        }
        PickleBytes pickle = new PickleBytes(entries.content(pickles.getFirst()), where);
        Pickled root = Unpickler.read(pickle, claimed);
        for (Storage storage : claimed.values()) {
            MemorySegment content = entries.content(folder + "/data/" + storage.key());
            if (content == null) {
                throw broken("storage is missing", DataException.shown(storage.key()), "is the file complete?");
            }
            storages.put(storage.key(), content);
        }
        return contents("pytorch zip", root, pickle.at());
    }

    private Contents legacy() {
        PickleBytes pickles = new PickleBytes(bytes, where);
        if (!(Unpickler.read(pickles, claimed) instanceof Scalar(BigInteger magic)) || !magic.equals(MAGIC)) {
            throw broken("pickle is not of torch.save", "no magic number", "need weights saved by torch.save");
        }
        Unpickler.read(pickles, claimed); // the version of the format, 1001 as long as there was one
        if (Unpickler.read(pickles, claimed) instanceof Instance system) {
            for (Entry entry : system.entries()) {
                if (entry.key() instanceof Scalar(String key) && key.equals("little_endian")
                        && entry.value() instanceof Scalar(Boolean little) && !little) {
                    throw broken("byte order not read here", "big-endian", "save on a little-endian machine");
                }
            }
        }
        Pickled root = Unpickler.read(pickles, claimed);
        if (!(Unpickler.read(pickles, claimed) instanceof Sequence keys)) {
            throw broken("no list of storages", "behind the pickle", "is it of torch.save?");
        }
        long pickleSize = pickles.at();
        for (Pickled item : keys.items()) {
            Storage storage = item instanceof Scalar key ? claimed.get(key.text()) : null;
            if (storage == null || storage.type() == null || pickles.int64() != storage.elements()) {
                throw broken("storage is not what the pickle says",
                        storage == null ? "unknown key" : DataException.shown(storage.key()), "is the file damaged?");
            }
            storages.put(storage.key(), pickles.take(byteSize(storage)));
        }
        return contents("pytorch legacy", root, pickleSize);
    }

    private Contents contents(String format, Pickled root, long pickleSize) {
        FlatNames names = FlatNames.of(root, pickleSize, where);
        if (names.tensors().isEmpty()) {
            throw broken("no tensors in it", names.texts().size() + " settings alone", "is it a checkpoint?");
        }
        SequencedMap<String, StridedElements> tensors = new LinkedHashMap<>();
        names.tensors().forEach((name, view) -> tensors.put(name, elements(name, view)));
        return new Contents(format, tensors, names.texts());
    }

    private StridedElements elements(String name, View view) {
        MemorySegment storage = storages.get(view.storage().key());
        if (storage == null || storage.byteSize() < byteSize(view.storage())) {
            throw broken("storage is shorter than the pickle says", DataException.shown(name) + " needs "
                    + view.storage().elements() + " elements " + view.storage().type() + " of " + (storage == null ? 0
                    : storage.byteSize()) + " bytes", "is the file complete?");
        }
        return new StridedElements(view.type(), view.shape(), storage, view.offset(), view.strides());
    }

    private long byteSize(Storage storage) {
        int unit = storage.type().byteSize();
        if (storage.elements() > bytes.byteSize() / unit) {
            throw broken("storage is larger than the file", DataException.shown(storage.key()) + " of "
                    + storage.elements() + " elements " + storage.type(), "is the file complete?");
        }
        return storage.elements() * unit;
    }

    private static String ascii(MemorySegment text) {
        return new String(text.asSlice(0, Math.min(text.byteSize(), 20)).toArray(ValueLayout.JAVA_BYTE),
                StandardCharsets.US_ASCII).strip();
    }

    private DataException broken(String rule, String values, String cure) {
        return new DataException("weights " + where + ": " + rule + ": " + values + " (" + cure + ")");
    }
}
