package dev.panacea.bindings.cuda.kernel;

import dev.panacea.tensor.ElementType;
import dev.panacea.tensor.Kernel;
import dev.panacea.tensor.Tensor;
import dev.panacea.tensor.op.Cast;
import java.util.EnumMap;
import java.util.Map;

/** Conversions between all element types: integers are truncated toward zero and held at the type's range. */
final class CastKernel implements Kernel<Cast> {
    private final Map<ElementType, Map<ElementType, ElementwiseKernel<Cast>>> kernels =
            new EnumMap<>(ElementType.class);

    CastKernel() {
        for (ElementType from : ElementType.values()) {
            Map<ElementType, ElementwiseKernel<Cast>> row = new EnumMap<>(ElementType.class);
            for (ElementType to : ElementType.values()) {
                row.put(to, ElementwiseKernel.typed(expression(from, to), to, from));
            }
            kernels.put(from, row);
        }
    }

    private static String expression(ElementType from, ElementType to) {
        if (from == to) {
            return "a";
        }
        String value = from == ElementType.BF16 ? "bf16_to_float(a)" : "a";
        return switch (to) {
            case F32 -> "(float) " + value;
            case F64 -> "(double) " + value;
            case BF16 -> "float_to_bf16((float) " + value + ")";
            case I32 -> "whole(" + value + ", -2147483648.0, 2147483647.0)";
            case U8 -> "whole(" + value + ", 0.0, 255.0)";
        };
    }

    @Override
    public boolean accepts(Cast op, Tensor[] inputs) {
        return Loops.fit(inputs);
    }

    @Override
    public boolean strided(Cast op, int index) {
        return true;
    }

    @Override
    public void run(Cast op, Tensor[] inputs, Tensor[] outputs) {
        kernels.get(inputs[0].type()).get(op.type()).run(op, inputs, outputs);
    }
}
