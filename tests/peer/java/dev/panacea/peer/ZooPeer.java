package dev.panacea.peer;

import dev.panacea.autograd.Gradients;
import dev.panacea.autograd.Tape;
import dev.panacea.autograd.Variable;
import dev.panacea.nn.Parameter;
import dev.panacea.nn.Parameters;
import dev.panacea.nn.Pass;
import dev.panacea.nn.TrainingPass;
import dev.panacea.nn.model.Backbone;
import dev.panacea.nn.model.BackboneConfig;
import dev.panacea.nn.model.SwinConfig;
import dev.panacea.nn.model.VitConfig;
import dev.panacea.nn.weight.LoadOptions;
import dev.panacea.nn.weight.LoadReport;
import dev.panacea.nn.weight.WeightFile;
import dev.panacea.nn.weight.WeightLoader;
import dev.panacea.tensor.MemoryScope;
import dev.panacea.tensor.RandomSource;
import dev.panacea.tensor.Tensor;
import java.nio.file.Path;

/** One of torchvision's models, its file loaded as any user's would be: output, and gradients of all parameters. */
final class ZooPeer {
    private static final Path WORK = Path.of(System.getProperty("peer.work"));
    private static final double ALLOWED_ERROR = 1e-4;          // of an output's largest value
    private static final double ALLOWED_GRADIENT_ERROR = 1e-3; // of a gradient's largest value

    private ZooPeer() {}

    public static void main(String[] arguments) {
        String name = arguments[0];
        Parameters parameters = Parameters.zeros();
        Backbone model = config(name).make(parameters);
        Parameters wanted = Parameters.zeros();
        config(name).make(wanted);
        try (WeightFile weights = WeightFile.open(WORK.resolve(name + ".pth"));
                WeightFile values = WeightFile.open(WORK.resolve(name + ".values.safetensors"));
                MemoryScope _ = MemoryScope.open("zoo")) {
            LoadReport report = WeightLoader.load(weights, parameters, LoadOptions.DEFAULT);
            WeightLoader.load(values, wanted, LoadOptions.DEFAULT.withPart("gradient"));
            Tensor pictures = values.load("input");
            double output = error(model.pooled(pictures, Pass.EVALUATION), values.load("output"));
            double worst = 0;
            String where = "";
            try (Tape tape = new Tape()) {
                TrainingPass pass = new TrainingPass(tape, RandomSource.of(3));
                Variable y = model.pooled(tape.constant(pictures), pass);
                Gradients gradients = tape.backward(y.mul(y).mean(false));
                for (Parameter parameter : parameters.trainable()) {
                    Tensor theirs = wanted.find(parameter.path()).orElseThrow().value();
                    double error = error(pass.gradient(gradients, parameter), theirs);
                    if (!(error <= worst)) { // a NaN is the worst of all
                        worst = error;
                        where = parameter.path();
                    }
                }
            }
            System.out.printf("%-14s %4d of %4d tensors, %2d reshaped   output %.1e   gradients %.1e (%s)%n", name,
                    report.backbone().tensors(), report.backbone().allTensors(), report.reshaped().size(), output,
                    worst, where);
            if (!(output <= ALLOWED_ERROR && worst <= ALLOWED_GRADIENT_ERROR)) {
                System.err.println("peer: " + name + ": results differ by more than allowed");
                System.exit(1);
            }
        }
    }

    private static BackboneConfig config(String name) {
        String[] parts = name.split("_");
        BackboneConfig config = switch (parts[0] + "_" + parts[1]) {
            case "swin_t" -> SwinConfig.tiny();
            case "swin_s" -> SwinConfig.small();
            case "swin_b" -> SwinConfig.base();
            case "vit_b" -> VitConfig.base().withImage(224, Integer.parseInt(parts[2]));
            default -> throw new IllegalArgumentException("peer: no model " + name);
        };
        String last = parts[parts.length - 1];
        return (last.length() == 3 ? config.withImage(Integer.parseInt(last)) : config).withDropPath(0);
    }

    /** The largest difference as a part of the largest value. */
    private static double error(Tensor ours, Tensor theirs) {
        if (!ours.shape().equals(theirs.shape())) {
            throw new IllegalStateException("peer: shapes differ: " + ours.shape() + ", " + theirs.shape());
        }
        float[] a = ours.toFloats();
        float[] b = theirs.toFloats();
        double difference = 0;
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            difference = Math.max(difference, Math.abs(a[i] - b[i]));
            largest = Math.max(largest, Math.abs(b[i]));
        }
        return difference / largest;
    }
}
