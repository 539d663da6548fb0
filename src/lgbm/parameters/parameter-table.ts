/** How a parameter's value is written: whole number, number, true/false, text, or a comma-separated list. */
export type ParameterKind = 'int' | 'double' | 'bool' | 'text';

/** What this engine does with a parameter: trains by it, accepts it because it cannot change a number, or takes only its default. */
export type ParameterSupport = 'supported' | 'neutral' | 'refused';

/** One parameter of LightGBM 4.6. */
export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly support: ParameterSupport;
  readonly fallback: number | boolean | string;
  /** Other names, as LightGBM accepts them. */
  readonly aliases: readonly string[];
  /** Bounds such as `>0` and `<=1`. */
  readonly range: readonly string[];
  /** Whether native writes it into the `parameters:` block of a model. */
  readonly saved: boolean;
}

// name | kind | support | default | aliases | range; an unsaved parameter ends in !. Order: that of native's parameters block.
// Names, defaults, aliases and ranges: LightGBM 4.6.0, docs/Parameters.rst.
const TABLE = `
config! | text | refused | | config_file |
task! | text | refused | train | task_type |
objective! | text | supported | regression | objective_type app application loss |
boosting! | text | supported | gbdt | boosting_type boost |
metric! | text | supported | | metrics metric_types |
tree_learner! | text | refused | serial | tree tree_type tree_learner_type |
device_type! | text | refused | cpu | device |
data_sample_strategy | text | supported | bagging | |
data | text | refused | | train train_data train_data_file data_filename |
valid | text | refused | | test valid_data valid_data_file test_data test_data_file valid_filenames |
num_iterations | int | supported | 100 | num_iteration n_iter num_tree num_trees num_round num_rounds nrounds num_boost_round n_estimators max_iter | >=0
learning_rate | double | supported | 0.1 | shrinkage_rate eta | >0
num_leaves | int | supported | 31 | num_leaf max_leaves max_leaf max_leaf_nodes | >1 <=131072
num_threads | int | neutral | 0 | num_thread nthread nthreads n_jobs |
seed | int | supported | 0 | random_seed random_state |
deterministic | bool | neutral | false | |
force_col_wise | bool | neutral | false | |
force_row_wise | bool | neutral | false | |
histogram_pool_size | double | refused | -1 | hist_pool_size |
max_depth | int | supported | -1 | |
min_data_in_leaf | int | supported | 20 | min_data_per_leaf min_data min_child_samples min_samples_leaf | >=0
min_sum_hessian_in_leaf | double | supported | 0.001 | min_sum_hessian_per_leaf min_sum_hessian min_hessian min_child_weight | >=0
bagging_fraction | double | supported | 1 | sub_row subsample bagging | >0 <=1
pos_bagging_fraction | double | supported | 1 | pos_sub_row pos_subsample pos_bagging | >0 <=1
neg_bagging_fraction | double | supported | 1 | neg_sub_row neg_subsample neg_bagging | >0 <=1
bagging_freq | int | supported | 0 | subsample_freq |
bagging_seed | int | supported | 3 | bagging_fraction_seed |
bagging_by_query | bool | supported | false | |
feature_fraction | double | supported | 1 | sub_feature colsample_bytree | >0 <=1
feature_fraction_bynode | double | supported | 1 | sub_feature_bynode colsample_bynode | >0 <=1
feature_fraction_seed | int | supported | 2 | |
extra_trees | bool | supported | false | extra_tree |
extra_seed | int | supported | 6 | |
early_stopping_round | int | supported | 0 | early_stopping_rounds early_stopping n_iter_no_change |
early_stopping_min_delta | double | supported | 0 | | >=0
first_metric_only | bool | supported | false | |
max_delta_step | double | supported | 0 | max_tree_output max_leaf_output |
lambda_l1 | double | supported | 0 | reg_alpha l1_regularization | >=0
lambda_l2 | double | supported | 0 | reg_lambda lambda l2_regularization | >=0
linear_lambda | double | supported | 0 | | >=0
min_gain_to_split | double | supported | 0 | min_split_gain | >=0
drop_rate | double | supported | 0.1 | rate_drop | >=0 <=1
max_drop | int | supported | 50 | |
skip_drop | double | supported | 0.5 | | >=0 <=1
xgboost_dart_mode | bool | supported | false | |
uniform_drop | bool | supported | false | |
drop_seed | int | supported | 4 | |
top_rate | double | supported | 0.2 | | >=0 <=1
other_rate | double | supported | 0.1 | | >=0 <=1
min_data_per_group | int | supported | 100 | | >0
max_cat_threshold | int | supported | 32 | | >0
cat_l2 | double | supported | 10 | | >=0
cat_smooth | double | supported | 10 | | >=0
max_cat_to_onehot | int | supported | 4 | | >0
top_k | int | refused | 20 | topk | >0
monotone_constraints | text | supported | | mc monotone_constraint monotonic_cst |
monotone_constraints_method | text | supported | basic | monotone_constraining_method mc_method |
monotone_penalty | double | supported | 0 | monotone_splits_penalty ms_penalty mc_penalty | >=0
feature_contri | text | supported | | feature_contrib fc fp feature_penalty |
forcedsplits_filename | text | supported | | fs forced_splits_filename forced_splits_file forced_splits |
refit_decay_rate | double | supported | 0.9 | | >=0 <=1
cegb_tradeoff | double | supported | 1 | | >=0
cegb_penalty_split | double | supported | 0 | | >=0
cegb_penalty_feature_lazy | text | supported | | |
cegb_penalty_feature_coupled | text | supported | | |
path_smooth | double | supported | 0 | | >=0
interaction_constraints | text | supported | | |
verbosity | int | neutral | 1 | verbose |
input_model! | text | refused | | model_input model_in |
output_model! | text | refused | LightGBM_model.txt | model_output model_out |
saved_feature_importance_type | int | supported | 0 | | >=0 <=1
snapshot_freq! | int | refused | -1 | save_period |
use_quantized_grad | bool | supported | false | |
num_grad_quant_bins | int | supported | 4 | | >=2 <=127
quant_train_renew_leaf | bool | supported | false | |
stochastic_rounding | bool | supported | true | |
linear_tree | bool | supported | false | linear_trees |
max_bin | int | supported | 255 | max_bins | >1 <=65535
max_bin_by_feature | text | supported | | |
min_data_in_bin | int | supported | 3 | | >0
bin_construct_sample_cnt | int | supported | 200000 | subsample_for_bin | >0
data_random_seed | int | supported | 1 | data_seed |
is_enable_sparse | bool | neutral | true | is_sparse enable_sparse sparse |
enable_bundle | bool | neutral | true | is_enable_bundle bundle |
use_missing | bool | supported | true | |
zero_as_missing | bool | supported | false | |
feature_pre_filter | bool | supported | true | |
pre_partition | bool | refused | false | is_pre_partition |
two_round | bool | refused | false | two_round_loading use_two_round_loading |
header | bool | refused | false | has_header |
label_column | text | refused | | label |
weight_column | text | refused | | weight |
group_column | text | refused | | group group_id query_column query query_id |
ignore_column | text | refused | | ignore_feature blacklist |
categorical_feature | text | refused | | cat_feature categorical_column cat_column categorical_features |
forcedbins_filename | text | supported | | |
save_binary! | bool | refused | false | is_save_binary is_save_binary_file |
precise_float_parser | bool | refused | false | |
parser_config_file | text | refused | | |
start_iteration_predict! | int | refused | 0 | |
num_iteration_predict! | int | refused | -1 | |
predict_raw_score! | bool | refused | false | is_predict_raw_score predict_rawscore raw_score |
predict_leaf_index! | bool | refused | false | is_predict_leaf_index leaf_index |
predict_contrib! | bool | refused | false | is_predict_contrib contrib |
predict_disable_shape_check! | bool | refused | false | |
pred_early_stop! | bool | refused | false | |
pred_early_stop_freq! | int | refused | 10 | |
pred_early_stop_margin! | double | refused | 10 | |
output_result! | text | refused | LightGBM_predict_result.txt | predict_result prediction_result predict_name prediction_name pred_name name_pred |
convert_model_language! | text | refused | | |
convert_model! | text | refused | gbdt_prediction.cpp | convert_model_file |
objective_seed | int | supported | 5 | |
num_class | int | supported | 1 | num_classes | >0
is_unbalance | bool | supported | false | unbalance unbalanced_sets |
scale_pos_weight | double | supported | 1 | | >0
sigmoid | double | supported | 1 | | >0
boost_from_average | bool | supported | true | |
reg_sqrt | bool | supported | false | |
alpha | double | supported | 0.9 | | >0
fair_c | double | supported | 1 | | >0
poisson_max_delta_step | double | supported | 0.7 | | >0
tweedie_variance_power | double | supported | 1.5 | | >=1 <2
lambdarank_truncation_level | int | supported | 30 | | >0
lambdarank_norm | bool | supported | true | |
label_gain | text | supported | | |
lambdarank_position_bias_regularization | double | supported | 0 | | >=0
metric_freq! | int | supported | 1 | output_freq | >0
is_provide_training_metric! | bool | supported | false | training_metric is_training_metric train_metric |
eval_at | text | supported | | ndcg_eval_at ndcg_at map_eval_at map_at |
multi_error_top_k | int | supported | 1 | | >0
auc_mu_weights | text | supported | | |
num_machines | int | refused | 1 | num_machine | >0
local_listen_port | int | refused | 12400 | local_port port | >0
time_out | int | refused | 120 | | >0
machine_list_filename | text | refused | | machine_list_file machine_list mlist |
machines | text | refused | | workers nodes |
gpu_platform_id | int | refused | -1 | |
gpu_device_id | int | refused | -1 | |
gpu_use_dp | bool | refused | false | |
num_gpu | int | refused | 1 | | >0
`;

/** Every parameter of LightGBM 4.6, in the order in which native writes them. */
export const PARAMETERS: readonly Parameter[] = TABLE.trim().split('\n').map(parameterOf);

function parameterOf(line: string): Parameter {
  const [marked, kind, support, fallback, aliases, range] = line.split('|').map((cell) => cell.trim());
  return {
    name: marked.replace('!', ''),
    kind: kind as ParameterKind,
    support: support as ParameterSupport,
    fallback: kind === 'text' ? fallback : kind === 'bool' ? fallback === 'true' : Number(fallback),
    aliases: aliases.split(' ').filter(Boolean),
    range: (range ?? '').split(' ').filter(Boolean),
    saved: !marked.endsWith('!'),
  };
}
