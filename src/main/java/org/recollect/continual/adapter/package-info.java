/// Strategies that leave the model's own weights alone and train what is laid over them.
package org.recollect.continual.adapter;
