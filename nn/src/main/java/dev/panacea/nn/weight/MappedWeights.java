package dev.panacea.nn.weight;

import dev.panacea.tensor.Backends;
import dev.panacea.tensor.DataException;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Spec;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.MappedFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** The tensors of a mapped file, of every format alike once its directory has been read. */
final class MappedWeights implements WeightFile {
    private final MappedFile file;
    private final Path path;
    private final String where;
    private final Contents contents;
    private final SequencedMap<String, StoredWeight> weights = new LinkedHashMap<>();

    private MappedWeights(MappedFile file, Path path, Contents contents) {
        this.file = file;
        this.path = path;
        this.where = "weights " + path;
        this.contents = contents;
        contents.tensors().forEach((name, elements) ->
                weights.put(name, new StoredWeight(name, elements.type(), elements.shape())));
    }

    static MappedWeights open(Path path) {
        MappedFile file = MappedFile.open(path, "weights");
        try {
            return new MappedWeights(file, path, Contents.read(file.bytes(), path.toString()));
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
        StridedElements elements = elements(name);
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
            whileOpen(name, () -> widening.fill(host.address()));
            return scope.keep(host.to(Backends.current()));
        }
    }

    @Override
    public void read(String name, long from, MemorySegment into) {
        StridedElements elements = elements(name);
        whileOpen(name, () -> elements.read(from, into));
    }

    @Override
    public void close() {
        file.close();
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
        if (!file.bytes().scope().isAlive()) {
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
