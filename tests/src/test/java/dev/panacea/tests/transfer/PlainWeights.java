package dev.panacea.tests.transfer;

import dev.panacea.nn.Parameters;
import dev.panacea.nn.model.Models;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.io.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Weights of a backbone in a file that tells nothing else, as others publish theirs. */
final class PlainWeights {
    private PlainWeights() {}

    /** Random weights of a preset by timm's names. */
    static Path write(Path file, String model) {
        return write(file, model, _ -> true);
    }

    /** Those of them whose names are wanted. */
    static Path write(Path file, String model, Predicate<String> wanted) {
        try (MemoryScope _ = MemoryScope.open("weights")) {
            Parameters parameters = Parameters.of(1);
            Models.named(model).make(parameters);
            Map<String, Tensor> weights = new LinkedHashMap<>();
            parameters.all().stream().filter(parameter -> wanted.test(parameter.path()))
                    .forEach(parameter -> weights.put(parameter.path(), parameter.value()));
            Safetensors.save(file, weights, Map.of());
            return file;
        }
    }
}
