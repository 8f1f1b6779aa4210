"""simple-scaling-laws: a parabola and then a cubic per budget by its `fit_isoflop`, 1,000 draws each (its default)."""
import json
import math
import sys
import warnings

import polars
from simple_scaling_laws import fit_isoflop
from simple_scaling_laws.cost import cost_model

warnings.simplefilter("ignore")  # that each run was evaluated once
runs = polars.DataFrame(json.load(open(sys.argv[1])))
table = runs.select(
    training_run_id=polars.int_range(polars.len()).cast(polars.String),
    model_size__n_params=polars.col("parameters").cast(polars.Float64),
    dataset_size__n_tokens=polars.col("compute_budget") / (6 * polars.col("parameters")),
    compute__flops=polars.col("compute_budget"),
    test_loss__final=polars.col("final_loss"),
)
cost = cost_model("power", k=6.0, a=1.0, b=1.0)
answer = {}
for name, degree in (("parabola", 2), ("cubic", 3)):
    found = fit_isoflop(table, cost=cost, degree=degree)
    found.predict([1e23, 1e24])
    answer[f"{name} exponent"] = found.slope
    answer[f"{name} N*(1e24)"] = math.exp(found.intercept + found.slope * math.log(1e24))
print(json.dumps(answer))
