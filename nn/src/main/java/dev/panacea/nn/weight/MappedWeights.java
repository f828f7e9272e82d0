package dev.panacea.nn.weight;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.ElementSource;
import dev.panacea.tensor.io.MappedFile;
import dev.panacea.tensor.io.StoredType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** The tensors of a mapped file, of every format alike once its directory has been read. */
final class MappedWeights implements WeightFile {
    private static final long REPEATS = 4; // times that tensors may share the bytes of a file
    private static final long FREE = 1 << 20;

    private final MemorySegment bytes;
    private final MappedFile file;
    private final Path path;
    private final String where;
    private final Contents contents;
    private final SequencedMap<String, StoredWeight> weights = new LinkedHashMap<>();

    /** Takes over the file, which may be null where the bytes are in memory. */
    MappedWeights(MemorySegment bytes, MappedFile file, Path path) {
        this.bytes = bytes;
        this.file = file;
        this.path = path;
        this.where = "weights " + path;
        this.contents = Contents.read(bytes, path.toString());
        long left = FREE + REPEATS * bytes.byteSize();
        for (Map.Entry<String, StridedElements> entry : contents.tensors().entrySet()) {
            StridedElements elements = entry.getValue();
            if (elements.byteSize() > left) { // by strides of 0, or by many views of one storage
                throw broken("tensors repeat their elements too often", entry.getKey(), elements.shape() + "",
                        "all together at most " + REPEATS + " times the file: save tensor.clone()");
            }
            left -= elements.byteSize();
            weights.put(entry.getKey(), new StoredWeight(entry.getKey(), elements.type(), elements.shape()));
        }
    }

    static MappedWeights open(Path path) {
        MappedFile file = MappedFile.open(path, "weights");
        try {
            return new MappedWeights(file.bytes(), file, path);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String format() {
        return contents.format();
    }

    @Override
    public SequencedMap<String, StoredWeight> weights() {
        return Collections.unmodifiableSequencedMap(weights);
    }

    @Override
    public SequencedMap<String, String> texts() {
        return Collections.unmodifiableSequencedMap(contents.texts());
    }

    @Override
    public Tensor load(String name) {
        ElementSource elements = source(name);
        Widening widening = new Widening(elements, where + ": " + DataException.shown(name));
        int[] dims = elements.shape().stream().mapToInt(axis -> {
            if (axis > Integer.MAX_VALUE) {
                throw broken("axis too long", name, elements.shape() + "", "at most 2^31 - 1");
            }
            return axis.intValue();
        }).toArray();
        Spec spec = new Spec(Shape.of(dims), widening.loaded());
        try (MemoryScope scope = MemoryScope.open("load")) {
            Tensor host = Tensor.allocate(Backends.cpu(), spec);
            widening.fill(host.address());
            return scope.keep(host.to(Backends.current()));
        }
    }

    @Override
    public ElementSource source(String name) {
        StridedElements elements = elements(name);
        return new ElementSource() {
            @Override
            public StoredType type() {
                return elements.type();
            }

            @Override
            public List<Long> shape() {
                return elements.shape();
            }

            @Override
            public void read(long from, MemorySegment into) {
                whileOpen(name, () -> elements.read(from, into));
            }
        };
    }

    @Override
    public void close() {
        if (file != null) {
            file.close();
        }
    }

    private StridedElements elements(String name) {
        StridedElements elements = contents.tensors().get(name);
        if (elements == null) {
            String some = weights.keySet().stream().limit(3).map(DataException::shown)
                    .reduce((a, b) -> a + ", " + b).orElse("none");
            throw new DataException(where + ": no such tensor: " + DataException.shown(name) + " (it holds "
                    + weights.size() + ", such as " + some + ")");
        }
        return elements;
    }

    private void whileOpen(String name, Runnable reading) {
        if (!bytes.scope().isAlive()) {
            throw broken("file is closed", name, "of " + weights.size() + " tensors", "load tensors before closing");
        }
        try {
            reading.run();
        } catch (InternalError shrunk) { // how the JVM reports a page of a mapping that is gone
            throw new DataException(where + ": file shrank while open: " + DataException.shown(name)
                    + " (write files anew beside the old, then rename)", shrunk);
        }
    }

    private DataException broken(String rule, String name, String values, String cure) {
        return new DataException(where + ": " + rule + ": " + DataException.shown(name) + " " + values + " (" + cure
                + ")");
    }
}
