package dev.panacea.tests.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import dev.panacea.nn.onnx.OnnxModel;
import dev.panacea.tensor.Shape;
import dev.panacea.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** An exported model in ONNX Runtime. */
final class OrtRun implements AutoCloseable {
    private final OrtSession session;

    private OrtRun(OrtSession session) {
        this.session = session;
    }

    static OrtRun of(Path file) {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR); // constants that it folds, else
            return new OrtRun(OrtEnvironment.getEnvironment().createSession(file.toString(), options));
        } catch (OrtException e) {
            throw new AssertionError(file + ": " + e.getMessage(), e);
        }
    }

    static OrtRun of(OnnxModel model) {
        try {
            Path file = Files.createTempFile("model", ".onnx");
            try {
                model.write(file);
                return of(file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OrtSession session() {
        return session;
    }

    /** The results by their names. */
    Map<String, Tensor> run(Tensor pictures) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        long[] dims = Arrays.stream(pictures.shape().dims()).asLongStream().toArray();
        try (OnnxTensor fed = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(),
                FloatBuffer.wrap(pictures.toFloats()), dims);
                OrtSession.Result result = session.run(Map.of("pictures", fed))) {
            for (Map.Entry<String, ai.onnxruntime.OnnxValue> entry : result) {
                results.put(entry.getKey(), tensor((OnnxTensor) entry.getValue()));
            }
        } catch (OrtException e) {
            throw new AssertionError(e.getMessage(), e);
        }
        return results;
    }

    private static Tensor tensor(OnnxTensor value) throws OrtException {
        Shape shape = Shape.of(Arrays.stream(value.getInfo().getShape()).mapToInt(Math::toIntExact).toArray());
        Buffer buffer = switch (value.getInfo().type) {
            case FLOAT -> value.getFloatBuffer();
            case DOUBLE -> value.getDoubleBuffer();
            case INT32 -> value.getIntBuffer();
            case UINT8 -> value.getByteBuffer();
            default -> throw new AssertionError("result of type " + value.getInfo().type);
        };
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (buffer) {
                case FloatBuffer floats -> floats.get(i);
                case DoubleBuffer doubles -> (float) doubles.get(i);
                case IntBuffer integers -> integers.get(i);
                case ByteBuffer bytes -> bytes.get(i);
                default -> throw new AssertionError(buffer);
            };
        }
        return Tensor.of(shape, values);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }
}
